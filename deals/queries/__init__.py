"""Reads across models, as plain values for a page."""

from deals.queries.deals import DealLine, ListOf, closed_deals, deal_page, open_deals

__all__ = ["DealLine", "ListOf", "closed_deals", "deal_page", "open_deals"]
