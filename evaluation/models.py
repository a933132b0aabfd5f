"""The wing's models, gathered for Django; each lives in its room."""

from evaluation.rollups.models import Rollup
from evaluation.surveys.models import Answered, Item, NoMore, Response, Study, Wave

__all__ = ["Answered", "Item", "NoMore", "Response", "Rollup", "Study", "Wave"]
