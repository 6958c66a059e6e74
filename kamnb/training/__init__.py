"""The synthetic client on which the workbook is shown, tested and taught."""

from kamnb.training.sample import make_sample

__all__ = ["make_sample"]
