"""Tables of `model.summary()` as tutorials show them, built from their cells."""


def printed(model, **options):
    lines = []
    model.summary(print_fn=lines.append, **options)
    return "\n".join(lines)


def line(mark, width=65):
    return mark * width


def rows(*cells, columns=(29, 26, 10)):
    return ["".join(text.ljust(width) for text, width in zip(row, columns, strict=True)) for row in cells]


def table(name, layer_rows, total, trainable=None):
    """What a summary of plain rows looks like, built from its cells."""
    trainable = total if trainable is None else trainable
    body = []
    for i, row in enumerate(rows(*layer_rows)):
        body += [row, line("=" if i == len(layer_rows) - 1 else "_")]
    return "\n".join(
        [
            f'Model: "{name}"',
            line("_"),
            "Layer (type)                 Output Shape              Param #   ",
            line("="),
            *body,
            f"Total params: {total:,}",
            f"Trainable params: {trainable:,}",
            f"Non-trainable params: {total - trainable:,}",
            line("_"),
        ]
    )
