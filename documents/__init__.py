"""Documents as files: what may be kept of them, and how many become one to print.

Knows PDF, images and text, and nothing of orders or of Lengow.
"""

from .content import CheckedContent, ContentDamaged, ContentRefused, check_content
from .printing import Paper, Printer

__all__ = [
    "CheckedContent",
    "ContentDamaged",
    "ContentRefused",
    "Paper",
    "Printer",
    "check_content",
]
