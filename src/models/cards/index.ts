/**
 * Every card, in the order that lists show them.
 *
 * @module
 */
import type { Card } from '../card.ts';
import { allMinilmL6V2 } from './all-minilm-l6-v2.ts';
import { clipVitBasePatch32 } from './clip-vit-base-patch32.ts';
import { dfineN } from './dfine-n.ts';
import { dfineS } from './dfine-s.ts';
import { florence2BaseFt } from './florence-2-base-ft.ts';
import { foveaBoxes } from './fovea-boxes.ts';
import { foveaTiny } from './fovea-tiny.ts';
import { groundingDinoTiny } from './grounding-dino-tiny.ts';
import { multilingualE5Small } from './multilingual-e5-small.ts';
import { ppocrV5Chinese } from './ppocr-v5-chinese.ts';
import { ppocrV5En } from './ppocr-v5-en.ts';
import { ppocrV5Latin } from './ppocr-v5-latin.ts';
import { sfaceCard } from './sface.ts';
import { siglip2BasePatch16 } from './siglip2-base-patch16-224.ts';
import { siglip2BasePatch32 } from './siglip2-base-patch32-256.ts';
import { yoloxM } from './yolox-m.ts';
import { yoloxNano } from './yolox-nano.ts';
import { yoloxS } from './yolox-s.ts';
import { yoloxTiny } from './yolox-tiny.ts';
import { yunetCard } from './yunet.ts';

export const CARDS: readonly Card[] = [
  foveaTiny,
  clipVitBasePatch32,
  siglip2BasePatch32,
  siglip2BasePatch16,
  foveaBoxes,
  dfineS,
  dfineN,
  yoloxNano,
  yoloxTiny,
  yoloxS,
  yoloxM,
  groundingDinoTiny,
  ppocrV5Latin,
  ppocrV5En,
  ppocrV5Chinese,
  multilingualE5Small,
  allMinilmL6V2,
  florence2BaseFt,
  yunetCard,
  sfaceCard,
];
