"""Cases of tf.image."""

from __future__ import annotations

from typing import Any


def _x(np: Any, *shape: int) -> Any:
    """Numbers between 0 and 1, all different."""
    return (0.5 + 0.5 * np.sin(np.arange(1, np.prod(shape, dtype=int) + 1) * 0.73)).reshape(shape).astype("float32")


def _u8(np: Any, *shape: int) -> Any:
    return (np.arange(np.prod(shape, dtype=int)) * 37 % 256).reshape(shape).astype("uint8")


def _gradient(tf: Any, function: Any, argument: Any) -> Any:
    x = tf.constant(argument)
    with tf.GradientTape() as tape:
        tape.watch(x)
        result = tf.reduce_sum(tf.square(function(x)))
    return tape.gradient(result, x)


def _seeded(tf: Any, function: Any) -> Any:
    """Whether a function gives the same after the same global seed, and other things later."""
    tf.random.set_seed(3)
    first, second = function(), function()
    tf.random.set_seed(3)
    again = function()
    return [tf.reduce_all(first == again), tf.reduce_any(first != second)]


_METHODS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")
_BOXES = [
    [0.0, 0.0, 1.0, 1.0],
    [0.05, 0.0, 1.0, 1.05],
    [0.0, 0.6, 0.5, 1.2],
    [0.5, 0.5, 0.2, 0.2],
    [0.48, 0.5, 0.2, 0.2],
]
_SCORES = [0.6, 0.9, 0.5, 0.7, 0.7]

CASES: dict[str, Any] = {
    # sizes
    **{
        f"resize {method}": lambda tf, np, method=method: [
            tf.image.resize(_x(np, 5, 6, 2), [8, 3], method=method),
            tf.image.resize(_u8(np, 1, 5, 4, 1), (3, 7), method),
            tf.image.resize(_x(np, 1, 9, 8, 1), (3, 5), method=method, antialias=True),
        ]
        for method in _METHODS
    },
    "resize gradient": lambda tf, np: _gradient(tf, lambda x: tf.image.resize(x, [3, 7]), _x(np, 1, 5, 4, 1)),
    "resize to the same size": lambda tf, np: tf.image.resize(_u8(np, 4, 4, 1), [4, 4]),
    "resize by ResizeMethod": lambda tf, np: tf.image.resize(
        _u8(np, 4, 4, 1), tf.constant([6, 5]), tf.image.ResizeMethod.NEAREST_NEIGHBOR
    ),
    "resize dtypes": lambda tf, np: [
        tf.image.resize(_x(np, 4, 4, 1).astype(dtype), [2, 2], method).dtype
        for dtype in ("float16", "float64", "int32")
        for method in ("bilinear", "nearest", "bicubic")
    ],
    "resize keeping proportions": lambda tf, np: tf.image.resize(_x(np, 4, 7, 1), [6, 6], preserve_aspect_ratio=True),
    "resize_with_pad": lambda tf, np: [
        tf.image.resize_with_pad(_x(np, 4, 6, 2), 5, 5),
        tf.image.resize_with_pad(_u8(np, 1, 6, 4, 1), target_height=3, target_width=7, method="nearest"),
    ],
    "resize_with_crop_or_pad": lambda tf, np: [
        tf.image.resize_with_crop_or_pad(_x(np, 5, 4, 1), 3, 7),
        tf.image.resize_with_crop_or_pad(_u8(np, 2, 4, 4, 1), 7, 2),
    ],
    "central_crop": lambda tf, np: [
        tf.image.central_crop(_x(np, 7, 6, 1), 0.5),
        tf.image.central_crop(_u8(np, 2, 8, 9, 1), central_fraction=0.875),
        tf.image.central_crop(_x(np, 3, 3, 1), 1.0),
    ],
    "crop_to_bounding_box": lambda tf, np: tf.image.crop_to_bounding_box(_x(np, 2, 5, 6, 2), 1, 2, 3, 3),
    "pad_to_bounding_box": lambda tf, np: tf.image.pad_to_bounding_box(_u8(np, 2, 3, 1), 1, 2, 5, 6),
    # turned
    "flips": lambda tf, np: [
        tf.image.flip_left_right(_x(np, 2, 3, 2)),
        tf.image.flip_up_down(_x(np, 2, 2, 3, 1)),
    ],
    "rot90": lambda tf, np: [tf.image.rot90(_u8(np, 2, 3, 1)), tf.image.rot90(_u8(np, 2, 2, 3, 1), k=3)],
    "transpose": lambda tf, np: [tf.image.transpose(_u8(np, 2, 3, 2)), tf.image.transpose(_u8(np, 1, 2, 3, 1))],
    # dtypes
    "convert to floats": lambda tf, np: [
        tf.image.convert_image_dtype(_u8(np, 2, 3, 1), tf.float32),
        tf.image.convert_image_dtype(np.array([0, 300, 40000], "uint16"), tf.float64),
        tf.image.convert_image_dtype(np.array([-128, 127], "int8"), "float16"),
    ],
    "convert to integers": lambda tf, np: [
        tf.image.convert_image_dtype(_x(np, 2, 3, 1), tf.uint8),
        tf.image.convert_image_dtype(_x(np, 5), tf.int16),
        tf.image.convert_image_dtype([-0.5, 0.5, 1.5], tf.uint8, saturate=True),
    ],
    "convert between integers": lambda tf, np: [
        tf.image.convert_image_dtype(_u8(np, 6), tf.int32),
        tf.image.convert_image_dtype(np.array([0, 300, 40000], "uint16"), tf.uint8),
        tf.image.convert_image_dtype(np.array([-5, 100], "int32"), tf.uint8, saturate=True),
    ],
    "convert between floats": lambda tf, np: tf.image.convert_image_dtype([-0.5, 1.5], tf.float64),
    # adjusting
    "adjust_brightness": lambda tf, np: [
        tf.image.adjust_brightness(_x(np, 2, 2, 3), 0.3),
        tf.image.adjust_brightness(_u8(np, 2, 2, 3), delta=-0.2),
    ],
    "adjust_contrast": lambda tf, np: [
        tf.image.adjust_contrast(_x(np, 2, 3, 3), 2.0),
        tf.image.adjust_contrast(_u8(np, 2, 2, 3, 1), 0.4),
    ],
    "adjust_gamma": lambda tf, np: [
        tf.image.adjust_gamma(_x(np, 2, 2, 1), 0.5),
        tf.image.adjust_gamma(_u8(np, 2, 2, 1), gamma=2, gain=0.8),
    ],
    "adjust_hue": lambda tf, np: [
        tf.image.adjust_hue(_x(np, 2, 3, 3), 0.2),
        tf.image.adjust_hue(_u8(np, 2, 2, 3), -0.3),
    ],
    "adjust_saturation": lambda tf, np: [
        tf.image.adjust_saturation(_x(np, 2, 3, 3), 2.0),
        tf.image.adjust_saturation(_u8(np, 2, 2, 3), 0.5),
    ],
    "per_image_standardization": lambda tf, np: [
        tf.image.per_image_standardization(_x(np, 2, 3, 2)),
        tf.image.per_image_standardization(_u8(np, 2, 2, 2, 1)),
        tf.image.per_image_standardization(np.ones([2, 2, 1], "float32")),
    ],
    # colours
    "rgb_to_grayscale": lambda tf, np: [
        tf.image.rgb_to_grayscale(_x(np, 2, 2, 3)),
        tf.image.rgb_to_grayscale(_u8(np, 2, 2, 3)),
    ],
    "grayscale_to_rgb": lambda tf, np: tf.image.grayscale_to_rgb(tf.constant(_u8(np, 2, 2, 1))),
    "rgb_to_hsv": lambda tf, np: tf.image.rgb_to_hsv(
        np.concatenate([_x(np, 3, 3), np.ones([1, 3]), np.zeros([1, 3])]).astype("float32")
    ),
    "hsv_to_rgb": lambda tf, np: tf.image.hsv_to_rgb(_x(np, 2, 4, 3)),
    "yuv": lambda tf, np: [tf.image.rgb_to_yuv(_x(np, 2, 2, 3)), tf.image.yuv_to_rgb(_x(np, 2, 2, 3))],
    "yiq": lambda tf, np: [tf.image.rgb_to_yiq(_x(np, 2, 2, 3)), tf.image.yiq_to_rgb(_x(np, 2, 2, 3))],
    # likeness
    "psnr": lambda tf, np: [
        tf.image.psnr(_x(np, 4, 4, 1), 1 - _x(np, 4, 4, 1), max_val=1.0),
        tf.image.psnr(_u8(np, 2, 4, 4, 1), _u8(np, 2, 4, 4, 1)[:, ::-1], max_val=255),
    ],
    "ssim": lambda tf, np: [
        tf.image.ssim(_x(np, 2, 12, 13, 2), _x(np, 2, 12, 13, 2) ** 2, max_val=1.0),
        tf.image.ssim(_u8(np, 12, 12, 1), _u8(np, 12, 12, 1)[::-1], 255, filter_size=5, k2=0.05),
    ],
    "ssim map": lambda tf, np: tf.image.ssim(
        _x(np, 1, 12, 13, 1), _x(np, 1, 12, 13, 1) ** 2, 1.0, return_index_map=True
    ),
    "ssim_multiscale": lambda tf, np: tf.image.ssim_multiscale(
        _x(np, 2, 27, 25, 1), _x(np, 2, 27, 25, 1) ** 1.5, 1.0, power_factors=(0.3, 0.4, 0.3), filter_size=5
    ),
    "total_variation": lambda tf, np: [
        tf.image.total_variation(tf.constant(_x(np, 2, 3, 4, 2))),
        tf.image.total_variation(tf.constant(_x(np, 3, 4, 2))),
        _gradient(tf, tf.image.total_variation, _x(np, 3, 3, 1)),
    ],
    "sobel_edges": lambda tf, np: tf.image.sobel_edges(tf.constant(_x(np, 2, 4, 5, 2))),
    "image_gradients": lambda tf, np: list(tf.image.image_gradients(tf.constant(_x(np, 1, 3, 4, 2)))),
    "extract_patches": lambda tf, np: [
        tf.image.extract_patches(_x(np, 1, 5, 5, 2), [1, 2, 3, 1], [1, 2, 1, 1], [1, 1, 1, 1], "VALID"),
        tf.image.extract_patches(
            images=_u8(np, 1, 5, 4, 1), sizes=[1, 3, 2, 1], strides=[1, 2, 2, 1], rates=[1, 2, 1, 1], padding="SAME"
        ),
    ],
    # boxes
    "crop_and_resize": lambda tf, np: [
        tf.image.crop_and_resize(_x(np, 2, 5, 6, 1), [[0.1, 0.2, 0.8, 1.1], [0.9, 0.0, 0.2, 0.7]], [1, 0], [3, 4]),
        tf.image.crop_and_resize(
            _x(np, 1, 5, 6, 2), [[0.1, 0.2, 0.8, 1.1]], [0], (4, 3), method="nearest", extrapolation_value=7.0
        ),
        tf.image.crop_and_resize(_x(np, 1, 4, 4, 1), [[0.0, 0.0, 1.0, 0.5]], [0], [1, 1]),
    ],
    "draw_bounding_boxes": lambda tf, np: [
        tf.image.draw_bounding_boxes(
            _x(np, 1, 6, 7, 3), [[[0.1, 0.2, 0.8, 0.9], [-0.3, 0.5, 0.4, 1.5]]], [[1.0, 0.5, 0.2]]
        ),
        tf.image.draw_bounding_boxes(_x(np, 1, 6, 7, 3), [[[0.1, 0.2, 0.8, 0.9], [0.5, 0.5, 0.9, 0.7]]], None),
        tf.image.draw_bounding_boxes(np.zeros([1, 5, 5, 1], "float32"), [[[0.0, 0.2, 0.8, 0.9]]], None),
    ],
    "extract_glimpse": lambda tf, np: [
        tf.image.extract_glimpse(_x(np, 1, 5, 6, 1), [3, 2], [[0.3, -0.2]], noise="zero"),
        tf.image.extract_glimpse(
            _x(np, 2, 5, 6, 1), [2, 2], [[2.0, 3.0], [1.0, 1.0]], centered=False, normalized=False
        ),
        tf.image.extract_glimpse(_x(np, 1, 6, 6, 1), [3, 3], [[0.5, 0.5]], centered=False, noise="zero"),
    ],
    "non_max_suppression": lambda tf, np: [
        tf.image.non_max_suppression(_BOXES, _SCORES, 5),
        tf.image.non_max_suppression(_BOXES, _SCORES, max_output_size=2, iou_threshold=0.9, score_threshold=0.55),
    ],
    "non_max_suppression_with_scores": lambda tf, np: [
        *tf.image.non_max_suppression_with_scores(_BOXES, _SCORES, 5, 0.4),
        *tf.image.non_max_suppression_with_scores(
            _BOXES, _SCORES, 5, iou_threshold=1.0, score_threshold=0.1, soft_nms_sigma=0.5
        ),
        *tf.image.non_max_suppression_with_scores(_BOXES, _SCORES, 5, iou_threshold=0.3, soft_nms_sigma=0.5),
    ],
    "non_max_suppression_overlaps": lambda tf, np: tf.image.non_max_suppression_overlaps(
        [[1.0, 0.6, 0.1], [0.6, 1.0, 0.2], [0.1, 0.2, 1.0]], [0.3, 0.9, 0.5], 3
    ),
    "non_max_suppression_padded": lambda tf, np: list(
        tf.image.non_max_suppression_padded(_BOXES[:3], _SCORES[:3], 4, pad_to_max_output_size=True)
    ),
    "combined_non_max_suppression": lambda tf, np: list(
        tf.image.combined_non_max_suppression(
            np.array(_BOXES, "float32").reshape(1, 5, 1, 4),
            np.stack([_SCORES, _SCORES[::-1]], -1).astype("float32")[None],
            max_output_size_per_class=3,
            max_total_size=6,
            iou_threshold=0.5,
            score_threshold=0.55,
        )
    ),
    "combined_non_max_suppression unclipped": lambda tf, np: (
        tf.image.combined_non_max_suppression(
            np.array(_BOXES, "float32").reshape(1, 5, 1, 4),
            np.array(_SCORES, "float32").reshape(1, 5, 1),
            2,
            9,
            pad_per_class=True,
            clip_boxes=False,
        ).nmsed_boxes
    ),
    # by chance
    "random changes follow the seed": lambda tf, np: [
        _seeded(tf, lambda: tf.image.random_brightness(_x(np, 2, 2, 3), 0.5)),
        _seeded(tf, lambda: tf.image.random_contrast(_x(np, 2, 2, 3), 0.2, 1.8)),
        _seeded(tf, lambda: tf.image.random_hue(_x(np, 2, 2, 3), 0.5)),
        _seeded(tf, lambda: tf.image.random_saturation(_x(np, 2, 2, 3), 0.2, 1.8, seed=5)),
        _seeded(tf, lambda: tf.image.random_crop(_x(np, 40, 40, 3), [2, 2, 3])),
    ],
    "random_flip of a batch": lambda tf, np: [
        tf.reduce_any(tf.image.random_flip_left_right(_x(np, 1, 2, 3, 1).repeat(60, 0)) != _x(np, 1, 2, 3, 1)),
        tf.reduce_any(tf.image.random_flip_up_down(_x(np, 1, 2, 3, 1).repeat(60, 0)) == _x(np, 1, 2, 3, 1)),
    ],
    "random_crop of a shape": lambda tf, np: tf.image.random_crop(_u8(np, 5, 6, 3), size=[2, 3, 3]).shape,
    "sample_distorted_bounding_box": lambda tf, np: [
        [part.shape for part in tf.image.sample_distorted_bounding_box([20, 30, 3], [[[0.1, 0.2, 0.5, 0.6]]])],
        [
            tf.reduce_all(a == b)
            for a, b in zip(
                *(
                    tf.image.stateless_sample_distorted_bounding_box([20, 30, 3], [[[0.1, 0.2, 0.5, 0.6]]], (1, 2))
                    for _ in "ab"
                )
            )
        ],
        tf.slice(
            _x(np, 6, 6, 3),
            *tf.image.sample_distorted_bounding_box(
                [6, 6, 3], [[[0.0, 0.0, 1.0, 1.0]]], area_range=(1.0, 1.0), aspect_ratio_range=(1.0, 1.0)
            )[:2],
        ),
    ],
    "stateless changes": lambda tf, np: [
        tf.reduce_all(change(_x(np, 4, 4, 3), (1, 2)) == change(_x(np, 4, 4, 3), (1, 2)))
        for change in (
            lambda x, seed: tf.image.stateless_random_brightness(x, 0.5, seed=seed),
            lambda x, seed: tf.image.stateless_random_contrast(x, 0.2, 0.8, seed=seed),
            lambda x, seed: tf.image.stateless_random_hue(x, 0.2, seed),
            lambda x, seed: tf.image.stateless_random_saturation(x, 0.2, 0.8, seed=seed),
            lambda x, seed: tf.image.stateless_random_crop(x, size=[2, 2, 3], seed=seed),
            lambda x, seed: tf.image.stateless_random_flip_left_right(x, seed),
            lambda x, seed: tf.image.stateless_random_flip_up_down(x, seed=seed),
        )
    ],
}

ERRORS: dict[str, Any] = {
    "resize of rank 2": lambda tf, np: tf.image.resize(_x(np, 4, 4), [2, 2]),
    "resize to one number": lambda tf, np: tf.image.resize(_x(np, 4, 4, 1), 2),
    "resize to three numbers": lambda tf, np: tf.image.resize(_x(np, 4, 4, 1), [2, 2, 1]),
    "resize by another method": lambda tf, np: tf.image.resize(_x(np, 4, 4, 1), [2, 2], method="cubic"),
    "resize_with_pad to nothing": lambda tf, np: tf.image.resize_with_pad(_x(np, 4, 4, 1), 0, 2),
    "central_crop of all twice": lambda tf, np: tf.image.central_crop(_x(np, 4, 4, 1), 2.0),
    "crop_to_bounding_box outside": lambda tf, np: tf.image.crop_to_bounding_box(_x(np, 4, 4, 1), 2, 2, 3, 1),
    "pad_to_bounding_box too small": lambda tf, np: tf.image.pad_to_bounding_box(_x(np, 4, 4, 1), 0, 0, 3, 3),
    "flip of rank 2": lambda tf, np: tf.image.flip_left_right(_x(np, 4, 4)),
    "convert to bool": lambda tf, np: tf.image.convert_image_dtype(_x(np, 4), tf.bool),
    "adjust_hue of one channel": lambda tf, np: tf.image.adjust_hue(_x(np, 4, 4, 1), 0.1),
    "adjust_hue by two turns": lambda tf, np: tf.image.adjust_hue(_x(np, 4, 4, 3), 2.0),
    "adjust_gamma below 0": lambda tf, np: tf.image.adjust_gamma(_x(np, 4, 4, 3), -1),
    "random_brightness below 0": lambda tf, np: tf.image.random_brightness(_x(np, 4, 4, 3), -1),
    "random_contrast the wrong way": lambda tf, np: tf.image.random_contrast(_x(np, 4, 4, 3), 0.8, 0.2),
    "random_hue too far": lambda tf, np: tf.image.random_hue(_x(np, 4, 4, 3), 0.8),
    "random_crop too large": lambda tf, np: tf.image.random_crop(_x(np, 4, 4, 3), [5, 1, 1]),
    "grayscale_to_rgb of rgb": lambda tf, np: tf.image.grayscale_to_rgb(tf.constant(_x(np, 4, 4, 3))),
    "rgb_to_grayscale of two channels": lambda tf, np: tf.image.rgb_to_grayscale(_x(np, 4, 4, 2)),
    "rgb_to_hsv of two channels": lambda tf, np: tf.image.rgb_to_hsv(_x(np, 4, 4, 2)),
    "rgb_to_hsv of integers": lambda tf, np: tf.image.rgb_to_hsv(tf.constant(_u8(np, 4, 4, 3))),
    "rgb_to_yuv of integers": lambda tf, np: tf.image.rgb_to_yuv(_u8(np, 4, 4, 3)),
    "psnr of other sizes": lambda tf, np: tf.image.psnr(_x(np, 4, 4, 1), _x(np, 4, 5, 1), 1.0),
    "ssim of small images": lambda tf, np: tf.image.ssim(_x(np, 4, 4, 1), _x(np, 4, 4, 1), 1.0),
    "total_variation of rank 2": lambda tf, np: tf.image.total_variation(tf.constant(_x(np, 4, 4))),
    "sobel_edges of one image": lambda tf, np: tf.image.sobel_edges(tf.constant(_x(np, 4, 4, 1))),
    "image_gradients of one image": lambda tf, np: tf.image.image_gradients(tf.constant(_x(np, 4, 4, 1))),
    "draw_bounding_boxes on integers": lambda tf, np: tf.image.draw_bounding_boxes(
        tf.constant(_u8(np, 1, 4, 4, 3)), [[[0.0, 0.0, 1.0, 1.0]]], None
    ),
    "sample_distorted_bounding_box without boxes": lambda tf, np: tf.image.sample_distorted_bounding_box(
        [20, 30, 3], np.zeros([1, 0, 4], "float32")
    ),
    "non_max_suppression above 1": lambda tf, np: tf.image.non_max_suppression(_BOXES, _SCORES, 3, iou_threshold=2.0),
    "non_max_suppression of other sizes": lambda tf, np: tf.image.non_max_suppression(_BOXES, _SCORES[:2], 3),
}
#: Integers of converted images may be one off where a float falls on a border; none of these do.
TOLERANCE = {
    "ssim": 1e-4,
    "ssim map": 1e-3,
    "ssim_multiscale": 2e-4,
    "adjust_hue": 1e-4,
    "per_image_standardization": 1e-4,
}
