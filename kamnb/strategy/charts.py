"""Charts of stage 3, and its findings in words: all that a notebook cell of this stage calls to show something."""

from kamnb.strategy.sentence_charts import (
    key_figures,
    shared_figures,
    word_decision,
    word_relationship,
    word_space,
    word_standing,
    word_terms_found,
    word_worth,
)
from kamnb.strategy.table_charts import (
    word_factors,
    word_gaps,
    word_known,
    word_open,
    word_pillars,
    word_promotions,
    word_shared,
    word_steps,
    word_stores,
    word_terms,
)
from kamnb.strategy.ties_charts import decision_map, ladder, swot_grid
from kamnb.strategy.trade_charts import category_changes, history, trend
from kamnb.strategy.worth_charts import corridor, waterfall, whitespace

CHARTS = (category_changes, corridor, decision_map, history, ladder, swot_grid, trend, waterfall, whitespace)
TABLES = (
    word_factors,
    word_gaps,
    word_known,
    word_open,
    word_pillars,
    word_promotions,
    word_shared,
    word_steps,
    word_stores,
    word_terms,
    key_figures,
    shared_figures,
)
SENTENCES = (word_decision, word_relationship, word_space, word_standing, word_terms_found, word_worth)
