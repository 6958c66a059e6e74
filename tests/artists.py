"""What a chart's artists say."""


def texts(ax):
    """The texts that stand in the chart."""
    return [text.get_text() for text in ax.texts]


def rows(ax):
    """The labels of its rows."""
    return [label.get_text() for label in ax.get_yticklabels()]
