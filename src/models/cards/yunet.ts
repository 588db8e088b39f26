/**
 * YuNet, OpenCV's face detector.
 *
 * Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023. Revision and hash are what several independent projects
 * pin; the licence is that of its folder in OpenCV's zoo.
 *
 * @module
 */
import type { FaceDetectorCard } from '../card.ts';

export const yunetCard: FaceDetectorCard = {
  name: 'yunet',
  kind: 'face-detector',
  family: 'yunet',
  summary: 'Boxes and five points of faces, from about ten pixels on',
  licence: 'MIT',
  source: {
    kind: 'hub',
    repository: 'opencv/face_detection_yunet',
    revision: '3cc26e7f1014a5ee5d74a42acee58bafc9d0a310',
  },
  files: [
    {
      path: 'face_detection_yunet_2023mar.onnx',
      sizeBytes: 232589,
      sha256: '8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4',
    },
  ],
  inputs: { input: 'float32 [1,3,640,640], B, G, R, 0 to 255' },
  preprocessing: 'adapter',
  inputSize: 640,
  verified: false,
};
