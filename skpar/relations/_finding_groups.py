"""stub"""

import numpy as np
from ._groups import ColumnGroup


def find_groups(schema, codes, config):
    two = [
        j
        for j, c in enumerate(schema.columns)
        if not c.may_be_missing
        and len(np.unique(codes[:, j])) == 2
        and (c.levels is None or c.kind == "binary")
    ]
    by = {}
    for j in two:
        by.setdefault(str(schema.names[j]).rsplit("_", 1)[0], []).append(j)
    out = []
    for name, ms in by.items():
        if len(ms) < 2:
            continue
        g = ColumnGroup.of_columns(schema, ms)
        on = (codes[:, g.members] == np.array(g.on)).sum(axis=1)
        if (on == 1).all():
            out.append(g)
        elif (on <= 1).all():
            out.append(ColumnGroup.of_columns(schema, ms, True))
    return tuple(out)
