/**
 * fovea-boxes: the detector in this package. Hash computed from its file; figures, and how it was made, in
 * `assets/models/fovea-boxes/README.md`. Its labels are the classes of COCO that it finds well enough to say so.
 *
 * @module
 */
import type { DetectorCard } from '../card.ts';

export const foveaBoxes: DetectorCard = {
  name: 'fovea-boxes',
  kind: 'detector',
  family: 'yolox',
  summary:
    'People, dogs, vehicles and little else, where they are large in the picture, without a download; for more, run "fovea models pull yolox-tiny" and name it in the graph',
  licence: 'Apache-2.0 (some training data are offered for research use only: see its README)',
  source: { kind: 'shipped' },
  files: [
    {
      path: 'fovea_boxes.onnx',
      sizeBytes: 4863685,
      sha256: '3e41bbb771428e083a196355cd8e9f3a38192742162d3376bfa6f7a4d5003dcb',
    },
  ],
  inputs: { images: 'float32 [N,3,256,256], BGR, 0 to 255' },
  preprocessing: 'adapter',
  labels: [
    'person',
    'bicycle',
    'car',
    'motorcycle',
    'airplane',
    'bus',
    'train',
    'truck',
    'stop sign',
    'dog',
    'horse',
    'cow',
    'zebra',
    'giraffe',
    'skis',
    'broccoli',
    'pizza',
    'dining table',
    'toilet',
  ],
  inputSize: 256,
  verified: true,
};
