/**
 * Drawn pictures for the README: scenes from a seed, each with a caption and the boxes of what is in it, so that nobody's
 * photos have to be published. `scripts/readme-pictures.mjs` makes a library of them.
 *
 * @module
 */

/** Skies from top to horizon, with the colour of what lies far and near. */
const LIGHTS = {
  morning: { sky: ['#7fb2d9', '#fbe3c4'], far: '#9db4c4', near: '#39566b', sun: '#fff3d6', water: '#7fa9c0' },
  noon: { sky: ['#3f8fd6', '#cfe6f5'], far: '#86a9bd', near: '#3c6b4a', sun: '#fffbe8', water: '#3f86b5' },
  sunset: { sky: ['#3b3564', '#f2945c'], far: '#8d5a72', near: '#35233f', sun: '#ffd27a', water: '#a45f63' },
  night: { sky: ['#0b1030', '#33426f'], far: '#2b3560', near: '#10142e', sun: '#f4f0dc', water: '#1d2a55' },
};

/** Numbers in [0, 1) from a seed. Mulberry32. */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** A colour between two, `#rrggbb`. */
function mix(from, to, share) {
  const parts = [1, 3, 5].map((at) => {
    const [a, b] = [from, to].map((color) => Number.parseInt(color.slice(at, at + 2), 16));
    return Math.round(a + (b - a) * share)
      .toString(16)
      .padStart(2, '0');
  });
  return `#${parts.join('')}`;
}

/** A ridge as a filled path: a sum of waves over the width. */
function ridge({ width, height, random }, base, roughness, color) {
  const waves = Array.from({ length: 6 }, (_, at) => ({
    f: (at + 1) * (1 + random()),
    p: random() * 7,
    a: roughness / (at + 1),
  }));
  const points = Array.from({ length: 161 }, (_, at) => {
    const x = at / 160;
    const y = waves.reduce((sum, { f, p, a }) => sum + a * Math.sin(f * x * 6.28 + p), base);
    return `${(x * width).toFixed(1)},${(y * height).toFixed(1)}`;
  });
  return `<path d="M0,${height} L${points.join(' L')} L${width},${height} Z" fill="${color}"/>`;
}

function disc({ width, height, light }, x, y, radius) {
  const [cx, cy, r] = [x * width, y * height, radius * height];
  return `<circle cx="${cx}" cy="${cy}" r="${r * 3}" fill="${light.sun}" opacity="0.12"/><circle cx="${cx}" cy="${cy}" r="${r}" fill="${light.sun}"/>`;
}

function mountains(scene) {
  const { light, random } = scene;
  const layers = [0, 0.33, 0.66, 1].map((share, at) =>
    ridge(scene, 0.45 + at * 0.13, 0.1 - at * 0.015, mix(light.far, light.near, share)),
  );
  return { body: disc(scene, 0.2 + random() * 0.6, 0.25, 0.06) + layers.join(''), caption: 'mountains' };
}

function boat(scene) {
  const { width, height, light, random } = scene;
  const [x, y, s] = [width * (0.25 + random() * 0.45), height * 0.66, height * 0.3];
  const waves = Array.from({ length: 40 }, () => {
    const [wx, wy] = [random() * width, height * (0.56 + random() * 0.44)];
    return `<path d="M${wx},${wy} q${20 + random() * 40},-6 ${60 + random() * 60},0" stroke="#ffffff" stroke-opacity="${0.08 + random() * 0.2}" stroke-width="3" fill="none"/>`;
  });
  const body = `${disc(scene, 0.75, 0.4, 0.08)}<rect y="${height * 0.55}" width="${width}" height="${height * 0.45}" fill="${light.water}"/>${waves.join('')}
    <path d="M${x},${y} v${-s} l${s * 0.55},${s * 0.9} z" fill="#fbfaf5"/><path d="M${x - 6},${y} v${-s * 0.8} l${-s * 0.36},${s * 0.72} z" fill="#e8dfd0"/>
    <path d="M${x - s * 0.5},${y + 8} h${s * 1.15} l${-s * 0.18},${s * 0.2} h${-s * 0.8} z" fill="#7b3b2c"/>`;
  const box = { name: 'boat', x1: x - s * 0.5, y1: y - s, x2: x + s * 0.65, y2: y + 8 + s * 0.2 };
  return { body, caption: 'a sailing boat on the sea', boxes: [box] };
}

function balloons(scene) {
  const { width, height, light, random } = scene;
  const boxes = [];
  const shapes = Array.from({ length: 2 + Math.floor(random() * 4) }, () => {
    const [x, y, r] = [
      width * (0.1 + random() * 0.8),
      height * (0.18 + random() * 0.35),
      height * (0.05 + random() * 0.09),
    ];
    const color = ['#c8452f', '#e0a12b', '#2f6fb0', '#7a3f94', '#3d8b61'][Math.floor(random() * 5)];
    boxes.push({ name: 'balloon', x1: x - r, y1: y - r, x2: x + r, y2: y + r * 1.9 });
    return `<ellipse cx="${x}" cy="${y}" rx="${r}" ry="${r}" fill="${color}"/><ellipse cx="${x}" cy="${y}" rx="${r * 0.45}" ry="${r}" fill="#ffffff" opacity="0.25"/>
      <path d="M${x - r * 0.5},${y + r * 0.85} L${x - r * 0.18},${y + r * 1.55} H${x + r * 0.18} L${x + r * 0.5},${y + r * 0.85}" stroke="#4a3a2c" stroke-width="2" fill="none"/>
      <rect x="${x - r * 0.2}" y="${y + r * 1.55}" width="${r * 0.4}" height="${r * 0.35}" fill="#5a3d26"/>`;
  });
  const hills = [0.4, 0.7, 1].map((share, at) =>
    ridge(scene, 0.72 + at * 0.09, 0.05, mix(light.far, light.near, share)),
  );
  return { body: hills.join('') + shapes.join(''), caption: 'hot-air balloons over hills', boxes };
}

function city(scene) {
  const { width, height, light, random } = scene;
  const isDark = light === LIGHTS.night || light === LIGHTS.sunset;
  let shapes = '';
  for (const isNear of [false, true]) {
    const depth = isNear ? 0.75 : 0.35;
    for (let x = -20; x < width;) {
      const [w, h] = [50 + random() * 110, height * (0.2 + random() * (0.55 - depth * 0.25))];
      shapes += `<rect x="${x}" y="${height - h}" width="${w}" height="${h}" fill="${mix(light.far, light.near, depth)}"/>`;
      for (let wy = isNear ? height - h + 14 : height; wy < height - 16; wy += 22)
        for (let wx = x + 9; wx < x + w - 12; wx += 18)
          if (random() < 0.45)
            shapes += `<rect x="${wx}" y="${wy}" width="8" height="11" fill="${isDark ? '#ffd98a' : '#dbeaf3'}" opacity="0.85"/>`;
      x += w + 4;
    }
  }
  return { body: disc(scene, 0.8, 0.2, 0.045) + shapes, caption: 'houses of a city' };
}

function forest(scene) {
  const { width, height, light, random } = scene;
  let trees = '';
  for (const depth of [0.15, 0.45, 1]) {
    for (let x = -40; x < width + 40; x += 40 + random() * 60) {
      const [h, w] = [height * (0.3 + random() * 0.25) * (0.6 + depth * 0.5), 34 + depth * 40];
      const base = height * (0.72 + depth * 0.26);
      const color = mix(light.sky[1], mix(light.near, '#1f3d2b', 0.6), depth);
      trees += `<path d="M${x},${base - h} l${w},${h} h${-2 * w} z" fill="${color}"/><path d="M${x},${base - h * 1.15} l${w * 0.7},${h * 0.7} h${-1.4 * w} z" fill="${color}"/>`;
    }
    trees += `<rect y="${height * (0.72 + depth * 0.26)}" width="${width}" height="${height}" fill="${mix(light.sky[1], mix(light.near, '#1f3d2b', 0.6), depth)}"/>`;
  }
  return { body: trees, caption: 'a forest of firs' };
}

function beach(scene) {
  const { width, height, light, random } = scene;
  const [x, y, r] = [width * (0.3 + random() * 0.4), height * 0.62, height * 0.16];
  const segments = Array.from({ length: 6 }, (_, at) => {
    const [a, b] = [Math.PI * (1 + at / 6), Math.PI * (1 + (at + 1) / 6)];
    return `<path d="M${x},${y} L${x + r * Math.cos(a)},${y + r * Math.sin(a)} A${r},${r} 0 0 1 ${x + r * Math.cos(b)},${y + r * Math.sin(b)} Z" fill="${at % 2 === 0 ? '#d5493a' : '#f6efe2'}"/>`;
  });
  const body = `${disc(scene, 0.15 + random() * 0.2, 0.2, 0.06)}<rect y="${height * 0.45}" width="${width}" height="${height * 0.2}" fill="${light.water}"/>
    ${ridge(scene, 0.62, 0.015, mix('#ecd6a4', light.near, light === LIGHTS.noon || light === LIGHTS.morning ? 0.05 : 0.45))}
    <path d="M${x},${y} v${r * 1.5}" stroke="#6b5138" stroke-width="7"/>${segments.join('')}`;
  const box = { name: 'umbrella', x1: x - r, y1: y - r, x2: x + r, y2: y + r * 1.5 };
  return { body, caption: 'a striped umbrella on a beach', boxes: [box] };
}

function lighthouse(scene) {
  const { width, height, light, random } = scene;
  const [x, y, h] = [width * (0.3 + random() * 0.4), height * 0.62, height * 0.42];
  const stripes = [0, 1, 2, 3, 4].map((at) => {
    const [top, w] = [y - h + (at * h) / 5, h * (0.13 + at * 0.018)];
    return `<rect x="${x - w / 2}" y="${top}" width="${w}" height="${h / 5 + 1}" fill="${at % 2 === 0 ? '#f4f1ea' : '#c23b30'}"/>`;
  });
  const glow = `<path d="M${x},${y - h * 1.05} L${x + width},${y - h * 1.35} V${y - h * 0.75} Z" fill="#fff2b8" opacity="${light === LIGHTS.night ? 0.35 : 0.1}"/>`;
  const body = `<rect y="${height * 0.6}" width="${width}" height="${height * 0.4}" fill="${light.water}"/>${glow}${ridge(scene, 0.68, 0.05, light.near)}
    ${stripes.join('')}<rect x="${x - h * 0.07}" y="${y - h * 1.12}" width="${h * 0.14}" height="${h * 0.12}" fill="#ffe9a3"/><path d="M${x - h * 0.1},${y - h * 1.12} h${h * 0.2} l${-h * 0.1},${-h * 0.1} z" fill="#38302e"/>`;
  const box = { name: 'lighthouse', x1: x - h * 0.12, y1: y - h * 1.22, x2: x + h * 0.12, y2: y };
  return { body, caption: 'a lighthouse on a cliff', boxes: [box] };
}

function fruit(scene) {
  const { width, height, light, random } = scene;
  const boxes = [];
  const fruits = Array.from({ length: 3 + Math.floor(random() * 4) }, (_, at) => {
    const [x, y, r] = [
      width * (0.24 + at * 0.1 + random() * 0.06),
      height * (0.62 - random() * 0.05),
      height * (0.09 + random() * 0.03),
    ];
    const isApple = random() < 0.5;
    boxes.push({ name: isApple ? 'apple' : 'orange', x1: x - r, y1: y - r, x2: x + r, y2: y + r });
    return `<ellipse cx="${x}" cy="${y + r}" rx="${r}" ry="${r * 0.2}" fill="#000" opacity="0.2"/><circle cx="${x}" cy="${y}" r="${r}" fill="${isApple ? '#b8322a' : '#e88b25'}"/>
      <ellipse cx="${x - r * 0.3}" cy="${y - r * 0.4}" rx="${r * 0.25}" ry="${r * 0.16}" fill="#fff" opacity="0.5"/><path d="M${x},${y - r} q4,-14 12,-18" stroke="#4d3a22" stroke-width="4" fill="none"/>`;
  });
  const body = `<rect width="${width}" height="${height}" fill="${mix(light.far, '#efe6da', 0.6)}"/><rect y="${height * 0.6}" width="${width}" height="${height * 0.4}" fill="${mix(light.near, '#b98d5f', 0.7)}"/>${fruits.join('')}`;
  return { body, caption: 'apples and oranges on a wooden table', boxes };
}

const SCENES = { mountains, boat, balloons, city, forest, beach, lighthouse, fruit };
const SHAPES = [
  [1200, 800],
  [1000, 750],
  [1280, 720],
  [800, 1000],
];

/** `{ name, svg, width, height, caption, light, boxes }` of each picture. */
export function drawings() {
  return Object.entries(SCENES).flatMap(([kind, scene], row) =>
    Object.keys(LIGHTS).flatMap((light, column) =>
      [0, 1].map((turn) => draw(kind, scene, light, row * 31 + column * 7 + turn)),
    ),
  );
}

function draw(kind, scene, lightName, seed) {
  const random = generator(seed + 1);
  const [width, height] = SHAPES[Math.floor(random() * SHAPES.length)];
  const light = LIGHTS[lightName];
  const { body, caption, boxes = [] } = scene({ width, height, light, random });
  const [top, horizon] = light.sky;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
    <defs><linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset="0.75" stop-color="${horizon}"/></linearGradient>
    <filter id="grain" x="0" y="0" width="100%" height="100%"><feTurbulence type="fractalNoise" baseFrequency="0.8" numOctaves="2" seed="${seed}"/><feColorMatrix type="saturate" values="0"/></filter></defs>
    <rect width="${width}" height="${height}" fill="url(#sky)"/>${body}
    <rect width="${width}" height="${height}" filter="url(#grain)" opacity="0.07"/></svg>`;
  const when = lightName === 'noon' ? 'at noon' : lightName === 'night' ? 'by night' : `in the ${lightName}`;
  return {
    name: `${kind}-${lightName}-${seed}.jpg`,
    svg,
    width,
    height,
    light: lightName,
    boxes,
    caption: `${caption} ${lightName === 'sunset' ? 'at sunset' : when}`,
  };
}
