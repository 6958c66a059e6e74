"""Rules to start from, as plain data in the form of the engagement file: types, reach, the three P, knock-outs.

All thresholds are rules of thumb.  Columns the rules ask for (fractions, years, counts; empty = unknown):
profit_share (of all contribution), tenure (years), open_share (headroom / (sales + headroom)), budget_class (ABC class
of what the account buys from all makers), rival_share (largest competitor's share of its purchases), logo, expertise
(ratings 1 to 5), international, regions, stores, region_share, channel_share (`reach.measure_reach`), need (rating),
overdue_share, days_late, decider_reached (`reach.measure_authority`), silent_months, contribution_rate.
"""

from __future__ import annotations

Rows = tuple[dict[str, object], ...]

# method.md D04-D08: an account may be of several types.
TYPES: Rows = (
    {"label": "breadwinner", "all": [{"column": "profit_share", "op": ">=", "value": 0.10},
                                     {"column": "tenure", "op": ">=", "value": 3}]},
    {"label": "prospect", "all": [{"column": "open_share", "op": ">=", "value": 0.5}],
     "any": [{"column": "budget_class", "op": "in", "value": ["A", "B"]}, {"column": "rival_share", "op": ">=", "value": 0.4}]},
    {"label": "image", "all": [{"column": "logo", "op": ">=", "value": 4}]},
    {"label": "expert", "all": [{"column": "expertise", "op": ">=", "value": 4}]},
)

# method.md E29-E34, for Japan: regions are blocks of prefectures; format plays no part (convenience chains count), and
# a single store counts where it weighs in its region.  The widest reach goes first.
REACH: Rows = (
    {"label": "gka", "all": [{"column": "international", "op": "==", "value": True}, {"column": "regions", "op": ">=", "value": 2}],
     "any": [{"column": "stores", "op": ">=", "value": 20}, {"column": "channel_share", "op": ">=", "value": 0.05}]},
    {"label": "nka", "all": [{"column": "regions", "op": ">=", "value": 3}],
     "any": [{"column": "stores", "op": ">=", "value": 50}, {"column": "channel_share", "op": ">=", "value": 0.05}]},
    {"label": "lka", "all": [{"column": "stores", "op": ">=", "value": 5}, {"column": "region_share", "op": ">=", "value": 0.01}]},
    {"label": "lka_store", "all": [{"column": "stores", "op": "<", "value": 5}, {"column": "region_share", "op": ">=", "value": 0.03}]},
)

# method.md D19: need for the service, solvency, authority to decide.
THREE_P: Rows = (
    {"label": "need", "any": [{"column": "need", "op": ">=", "value": 3}, {"column": "open_share", "op": ">=", "value": 0.2}]},
    {"label": "solvency", "all": [{"column": "overdue_share", "op": "<=", "value": 0.10},
                                  {"column": "days_late", "op": "<=", "value": 15}]},
    {"label": "authority", "all": [{"column": "decider_reached", "op": "==", "value": True}]},
)

# method.md B24: what ends the talk; each must hold.  The cheapest to answer stands first.
KNOCK_OUTS: Rows = (
    {"label": "trades", "all": [{"column": "silent_months", "op": "<=", "value": 6}]},
    {"label": "pays", "all": [{"column": "overdue_share", "op": "<=", "value": 0.30}]},
    {"label": "earns", "any": [{"column": "contribution_rate", "op": ">=", "value": 0.0},
                               {"column": "open_share", "op": ">=", "value": 0.5}]},
)
