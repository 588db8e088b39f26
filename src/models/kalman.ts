/**
 * Where a box will be: a Kalman filter of constant velocity over its centre, aspect ratio and height, as SORT and ByteTrack
 * have it (Wojke, Bewley and Paulus, "Simple online and realtime tracking with a deep association metric", ICIP 2017). Noise
 * is in shares of the height. All of its matrices are diagonal but for each number and its own velocity, so the eight
 * dimensions are four filters of two.
 *
 * @module
 */
import type { BoundingBox } from '../contract/index.ts';

/** A number and its change a step, with their covariances. */
interface Axis {
  readonly value: number;
  readonly rate: number;
  readonly pValue: number;
  readonly pBoth: number;
  readonly pRate: number;
}

/** Centre, aspect ratio (width / height) and height. */
export interface BoxMotion {
  readonly x: Axis;
  readonly y: Axis;
  readonly aspect: Axis;
  readonly height: Axis;
}

/** Standard deviations in shares of the height; of the aspect ratio as they are. */
const POSITION = 1 / 20;
const VELOCITY = 1 / 160;
const ASPECT = { initial: 1e-2, initialRate: 1e-5, step: 1e-2, stepRate: 1e-5, measured: 1e-1 };

/** The motion of a box that was seen once. @param uncertainty Of its velocity, in shares of the height a step. */
export function startMotion(box: BoundingBox, uncertainty: number = 10 * VELOCITY): BoxMotion {
  const { x, y, aspect, height } = measure(box);
  const axis = (value: number, position: number, rate: number): Axis => ({
    value,
    rate: 0,
    pValue: position ** 2,
    pBoth: 0,
    pRate: rate ** 2,
  });
  const [position, rate] = [2 * POSITION * height, uncertainty * height];
  return {
    x: axis(x, position, rate),
    y: axis(y, position, rate),
    aspect: axis(aspect, ASPECT.initial, ASPECT.initialRate),
    height: axis(height, position, 10 * VELOCITY * height),
  };
}

/** The motion after a time. @param steps Of which velocities are given; above 0. */
export function predict(motion: BoxMotion, steps: number): BoxMotion {
  const height = Math.abs(motion.height.value);
  const [position, rate] = [POSITION * height, VELOCITY * height];
  const move = (axis: Axis, ofValue: number, ofRate: number): Axis => ({
    value: axis.value + axis.rate * steps,
    rate: axis.rate,
    pValue: axis.pValue + 2 * steps * axis.pBoth + steps ** 2 * axis.pRate + steps * ofValue ** 2,
    pBoth: axis.pBoth + steps * axis.pRate,
    pRate: axis.pRate + steps * ofRate ** 2,
  });
  return {
    x: move(motion.x, position, rate),
    y: move(motion.y, position, rate),
    aspect: move(motion.aspect, ASPECT.step, ASPECT.stepRate),
    height: move(motion.height, position, rate),
  };
}

/** The motion once the box was seen again. */
export function correct(motion: BoxMotion, box: BoundingBox): BoxMotion {
  const seen = measure(box);
  const noise = (POSITION * Math.abs(motion.height.value)) ** 2;
  const learn = (axis: Axis, value: number, variance: number): Axis => {
    const total = axis.pValue + variance;
    const [gain, rateGain] = [axis.pValue / total, axis.pBoth / total];
    const surprise = value - axis.value;
    return {
      value: axis.value + gain * surprise,
      rate: axis.rate + rateGain * surprise,
      pValue: (1 - gain) * axis.pValue,
      pBoth: (1 - gain) * axis.pBoth,
      pRate: axis.pRate - rateGain * axis.pBoth,
    };
  };
  return {
    x: learn(motion.x, seen.x, noise),
    y: learn(motion.y, seen.y, noise),
    aspect: learn(motion.aspect, seen.aspect, ASPECT.measured ** 2),
    height: learn(motion.height, seen.height, noise),
  };
}

/** The box that a motion stands for. */
export function boxOf({ x, y, aspect, height }: BoxMotion): BoundingBox {
  const tall = Math.max(1e-6, height.value);
  const wide = Math.max(1e-6, aspect.value * tall);
  const [left, top] = [x.value - wide / 2, y.value - tall / 2];
  return { xmin: left, ymin: top, xmax: left + wide, ymax: top + tall };
}

function measure({ xmin, ymin, xmax, ymax }: BoundingBox) {
  const height = Math.max(1e-6, ymax - ymin);
  return { x: (xmin + xmax) / 2, y: (ymin + ymax) / 2, aspect: (xmax - xmin) / height, height };
}
