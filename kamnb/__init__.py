"""Key account management workbook: from a raw sales ledger to signed key account plans."""

__version__ = "0.1.0"
