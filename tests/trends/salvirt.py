"""Deals in the columns of the public Salvirt data set: the set itself where it lies beside the
repository, and a small made-up one of the same form."""

import csv
import json
from pathlib import Path
from random import Random

WHOLE = Path(__file__).parents[3] / "shared/data/salvirt_b2b/Salvirt_B2B_ML_dataset.csv"
MAPPING = Path(__file__).parents[2] / "docs/examples/salvirt_mapping.json"

_VALUES = {
    "Client": (["Current"] * 6 + ["New"] * 5, ["Current"] * 11 + ["New"] * 2),
    "Up_sale": (["No"] * 6 + ["Yes"] * 3, ["No"] * 2 + ["Yes"] * 6),
    "Competitors": (["Yes"] * 4 + ["No"] * 3 + ["Unknown"], ["Yes"] + ["No"] * 4),
    "Source": (["Joint past"] * 2 + ["Referral"], ["Joint past"] * 5 + ["Referral"]),
    "Att_t_client": (["Normal"] * 4 + ["First deal"], ["Normal"] * 3 + ["Strategic account"]),
    "Needs_def": (["Yes"], ["Yes"]),
}


def made_up(folder: Path) -> Path:
    """120 deals, of which one attribute differs most between lost and won, and one not at all."""
    random = Random(4)
    headers = list(json.loads(MAPPING.read_text())["columns"])
    path = folder / "salvirt.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, headers, delimiter=";", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        for number in range(120):
            won = number % 2
            row = {name: random.choice(["Yes", "No"]) for name in headers}
            row |= {name: random.choice(sides[won]) for name, sides in _VALUES.items()}
            row |= {"Product": "Product A", "Seller": "Seller 1", "Status": ("Lost", "Won")[won]}
            if number in (3, 40, 77, 110):
                row["Client"] = "Past"
            if number == 9:
                row["Needs_def"] = "Poor"
            writer.writerow(row)
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))
