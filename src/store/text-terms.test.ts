import { expect, test } from 'vitest';
import { dictionaryOf, documentTerms, labelText, nameText, queryTerms } from './text-terms.ts';

test('documentTerms() folds words, and cuts scripts without spaces into pairs with the last character behind', () => {
  expect(documentTerms('The Dogs ran; 黑狗在跑。')).toEqual({
    words: ['the', 'dogs', 'ran'],
    grams: ['黑狗', '狗在', '在跑', '跑'],
  });
  expect(documentTerms("Ｃａｆé cafe\u0301 don't ½")).toEqual({ words: ['café', 'don', 't', '1', '2'], grams: [] });
  expect(documentTerms('犬とネコ').grams).toEqual(['犬と', 'とネ', 'ネコ', 'コ']);
  expect(documentTerms('カメラ camera 카메라')).toEqual({
    words: ['camera'],
    grams: ['カメ', 'メラ', 'ラ', '카메', '메라', '라'],
  });
});

test('documentTerms() survives NUL, half pairs, endless words and a megabyte', () => {
  expect(documentTerms('a\0b \ud800 \udfffc')).toEqual({ words: ['a', 'b', 'c'], grams: [] });
  const [word = ''] = documentTerms('x'.repeat(5000)).words;
  expect(word).toHaveLength(64);
  expect(queryTerms('x'.repeat(5000))[0]?.term).toBe(word);
  const { words } = documentTerms(Array.from({ length: 150_000 }, (_, index) => `w${index}`).join(' '));
  expect(words.length).toBeGreaterThan(50_000);
  expect(words.join('').length).toBeLessThanOrEqual(512 * 1024);
});

test('queryTerms() says what a word, a pair and the beginning of a pair is; signs are nothing', () => {
  expect(queryTerms('Dogs dogs 黑狗在 狗 😀 !')).toEqual([
    { term: 'dogs', kind: 'word', written: 'Dogs' },
    { term: '黑狗', kind: 'gram', written: '黑狗' },
    { term: '狗在', kind: 'gram', written: '狗在' },
    { term: '狗', kind: 'character', written: '狗' },
  ]);
  expect(queryTerms('😀 🏖️ … \u200f')).toEqual([]);
  expect(queryTerms('كلب שלום').map(({ term }) => term)).toEqual(['كلب', 'שלום']);
});

test('nameText() knows a name without its extension, whole and in parts; labelText() knows values', () => {
  expect(nameText('IMG_2041.JPG')).toBe('IMG_2041');
  expect(nameText('BeachParty2.jpeg')).toBe('BeachParty2 Beach Party 2');
  expect(nameText('v1.5 final')).toBe('v1.5 final v 1.5 final');
  expect(labelText({ trip: 'Rome', year: 2024, good: true })).toBe('Rome 2024');
});

test('dictionaryOf() takes the language of a tag, and has none for one that is not stemmed', () => {
  expect(['en', 'en-GB', 'pt-BR', 'nb'].map(dictionaryOf)).toEqual(
    ['english', 'english', 'portuguese', 'norwegian'].map((name) => `pg_catalog.${name}_stem`),
  );
  expect(['zh-Hant', 'und', 'ja', 'tlh'].map(dictionaryOf)).toEqual([undefined, undefined, undefined, undefined]);
});
