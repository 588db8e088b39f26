/**
 * The 80 classes of COCO detection in the order that detectors number them (contiguous, from 0).
 *
 * Lin et al., "Microsoft COCO: Common Objects in Context", ECCV 2014; the 11 category ids that the data set leaves out
 * are closed up, as YOLOX and D-FINE do.
 *
 * @module
 */

const names = `person bicycle car motorcycle airplane bus train truck boat traffic_light fire_hydrant stop_sign
  parking_meter bench bird cat dog horse sheep cow elephant bear zebra giraffe backpack umbrella handbag tie suitcase
  frisbee skis snowboard sports_ball kite baseball_bat baseball_glove skateboard surfboard tennis_racket bottle
  wine_glass cup fork knife spoon bowl banana apple sandwich orange broccoli carrot hot_dog pizza donut cake chair couch
  potted_plant bed dining_table toilet tv laptop mouse remote keyboard cell_phone microwave oven toaster sink
  refrigerator book clock vase scissors teddy_bear hair_drier toothbrush`;

/** Index = class number. Words are separated by spaces: `traffic light`. */
export const COCO_LABELS: readonly string[] = names.split(/\s+/).map((name) => name.replaceAll('_', ' '));
