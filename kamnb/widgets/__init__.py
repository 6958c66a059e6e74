"""Controls for the one decision of each stage that people argue about most; they call the functions of the stages."""

from kamnb.widgets.account_weights import account_weights
from kamnb.widgets.alert_thresholds import alert_thresholds
from kamnb.widgets.channel_weights import channel_weights
from kamnb.widgets.growth_target import growth_target
from kamnb.widgets.relationship_choice import relationship_choice

__all__ = ["account_weights", "alert_thresholds", "channel_weights", "growth_target", "relationship_choice"]
