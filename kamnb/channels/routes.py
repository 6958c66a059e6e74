"""Sales as if routing had stayed the same: a channel does not grow because a chain left its wholesaler."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

from kamnb.calendar import year_end
from kamnb.channels.history import no_rows
from kamnb.methods.growth import total_years
from kamnb.methods.routing import find_rerouted, hold_routing
from kamnb.money import growth

KEPT = ["account", "name", "channel", "channel_name", "year", "month"]
ROUTES = {"channel": "str", "channel_name": "str", "net_sales": "int64", "restated_sales": "int64", "moved": "int64",
          "growth": float, "growth_restated": float}


def restate_months(months: DataFrame, sellthru: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """`months` (from `place_months`) whose latest year is invoiced as the year before was; the total stays as it is.

    `sellthru`: the table.  What a chain now buys directly instead of through its wholesaler counts for the wholesaler
    again, and the other way round.  list_sales and cost are dropped: they stay with the ledger's own rows.
    Source: method.md 2.3 choice 8.
    """
    if "category" in months:
        months = months.groupby(KEPT, observed=True)["net_sales"].sum().reset_index()
    rerouted = find_rerouted(months, sellthru, as_of=as_of)
    if rerouted.empty:
        return months[[*KEPT, "net_sales"]]
    held = hold_routing(months, sellthru, rerouted, as_of=as_of)
    labels = months.drop_duplicates("account")[["account", "name", "channel", "channel_name"]]
    years = months.drop_duplicates("month")[["month", "year"]]
    placed = held.merge(labels, on="account").merge(years, on="month")
    return placed[[*KEPT, "net_sales"]].sort_values(["account", "month"], ignore_index=True)


def compare_routes(months: DataFrame, restated: DataFrame) -> DataFrame:
    """Growth of the channels as booked and with last year's routing, the most changed first; none where none changed.

    `months`, `restated`: from `place_months` and `restate_months`.  Returns channel, channel_name, net_sales and
    restated_sales (latest year), `moved` (booked - restated: what routing alone added) and growth on the year before, as
    booked and restated.
    """
    if months["year"].nunique() < 2:
        return no_rows(ROUTES)
    keys = ["channel", "channel_name"]
    booked, held = (total_years(rows.assign(channel=rows["channel"]), by="channel") for rows in (months, restated))
    base, last = booked.columns[-2:]
    held = held.reindex(index=booked.index, columns=booked.columns, fill_value=0)
    table = DataFrame({"net_sales": booked[last], "restated_sales": held[last], "moved": booked[last] - held[last],
                       "growth": growth(booked[base].astype(float), booked[last].astype(float))["rate"],
                       "growth_restated": growth(booked[base].astype(float), held[last].astype(float))["rate"]})
    names = months.drop_duplicates("channel").set_index("channel")["channel_name"]
    table = table[table["moved"] != 0].rename_axis("channel").reset_index()
    table = table.assign(channel_name=table["channel"].map(names), size=-table["moved"].abs())
    return table.sort_values(["size", *keys], ignore_index=True).astype(ROUTES)[list(ROUTES)]


def summarise_routes(routes: DataFrame, *, months: DataFrame, sellthru: DataFrame, as_of: Timestamp) -> dict[str, object]:
    """The facts of the routing sentence: whose invoices moved, how much, and the growth of the channel it flattered most.

    `routes`: from `compare_routes`.  Nothing where no invoices moved.
    """
    flattered = routes[routes["moved"] > 0]
    if flattered.empty:
        return {}
    rerouted = find_rerouted(months, sellthru, as_of=as_of)
    names = months.drop_duplicates("account").set_index("account")["name"]
    first = flattered.iloc[0]
    return {"accounts": sorted(names[rerouted["account"].unique()]), "moved": int(first["moved"]),
            "wholesalers": sorted(names.reindex(rerouted["wholesaler"].unique()).dropna()), "channel": first["channel_name"],
            "growth": float(first["growth"]), "restated": float(first["growth_restated"]), "since": year_end(1, as_of=as_of)}
