/**
 * SFace, OpenCV's face embedder.
 *
 * Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition", 2021. Its hash is what several
 * independent projects pin, its revision one source's.
 *
 * @module
 */
import type { FaceEmbedderCard } from '../card.ts';

export const sfaceCard: FaceEmbedderCard = {
  name: 'sface',
  kind: 'face-embedder',
  family: 'sface',
  summary: 'Embeds faces; two of one person are mostly at a cosine of 0.363 or more',
  licence: 'Apache-2.0',
  source: {
    kind: 'hub',
    repository: 'opencv/face_recognition_sface',
    revision: '3d7082438a6e4551e840c9b2bb60b71e8da4b524',
  },
  files: [
    {
      path: 'face_recognition_sface_2021dec.onnx',
      sizeBytes: 38696353,
      sha256: '0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79',
    },
  ],
  inputs: { data: 'float32 [1,3,112,112], R, G, B, 0 to 255' },
  preprocessing: 'adapter',
  dimension: 128,
  verified: false,
};
