"""The overview that managers open: headline figures, reasons, competitors, stages, segments, teams."""
