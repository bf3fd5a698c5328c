"""passages → who came and who is in: pieces of queries that every count shares, so that no two of them differ."""

from typing import Final

ADMITTED: Final = "('checked_in', 're_entered')"
"""`wardroom.admission.ADMITTED`, for queries."""
COUNTED: Final = "('checked_in', 're_entered', 'left')"
"""`wardroom.admission.COUNTED`."""

PRESENCE: Final = f"""
SELECT list, delegate, min(at) FILTER (WHERE result IN {ADMITTED}) AS arrived,
       coalesce((array_agg(result ORDER BY at DESC, id DESC) FILTER (WHERE result IN {COUNTED}))[1] <> 'left', false) AS inside
FROM passage
"""
"""Ends before its WHERE; to be grouped by list and delegate."""

LISTS: Final = f"""
SELECT l.occasion, l.id, l.name, l.starts, l.ends,
       (SELECT count(*) FROM list_entry e JOIN delegate d ON d.id = e.delegate WHERE e.list = l.id AND d.revoked IS NULL) AS expected,
       s.arrived, s.inside
FROM checkin_list l CROSS JOIN LATERAL (
    SELECT count(p.arrived) AS arrived, count(*) FILTER (WHERE p.inside) AS inside
    FROM ({PRESENCE} WHERE list = l.id AND delegate IS NOT NULL GROUP BY list, delegate) AS p
) AS s
"""
"""Ends before its WHERE."""

DELEGATIONS: Final = f"""
SELECT delegation, count(*) FILTER (WHERE expected) AS expected, count(arrived) AS arrived, count(*) FILTER (WHERE inside) AS inside
FROM (
    SELECT d.delegation, e.delegate IS NOT NULL AND d.revoked IS NULL AS expected, p.arrived, p.inside
    FROM delegate d
    LEFT JOIN list_entry e ON (e.delegate, e.list) = (d.id, %(list)s)
    LEFT JOIN ({PRESENCE} WHERE list = %(list)s AND delegate IS NOT NULL GROUP BY list, delegate) AS p ON p.delegate = d.id
    WHERE e.delegate IS NOT NULL OR p.delegate IS NOT NULL
) AS each
GROUP BY delegation ORDER BY delegation
"""
"""Whoever came without being on the list (somebody let them in) counts as arrived, not as expected."""
