"""Many records from one, copied in SQL: for benchmarks that need more than posting can make."""


def copies(env, table, source, count, columns, values=None):
    """Copy a row ``count`` times. Return the id of the first copy; the others follow it.

    :param columns: SQL of what differs, by column; ``g.n`` counts from 0, ``%(first)s`` is the id
        of the first copy
    :param values: what the SQL names besides
    """
    env.cr.execute(f"SELECT MAX(id) + 1 FROM {table}")  # noqa: S608 (names of our own)
    first = env.cr.fetchone()[0]
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    columns = {"id": "%(first)s + g.n", **columns}
    rest = [name for (name,) in env.cr.fetchall() if name not in columns]
    targets = ", ".join(f'"{name}"' for name in [*columns, *rest])
    sources = ", ".join([*columns.values(), *(f't."{name}"' for name in rest)])
    env.cr.execute(
        f"INSERT INTO {table} ({targets}) SELECT {sources}"  # noqa: S608
        f" FROM {table} t, generate_series(0, %(count)s - 1) g(n) WHERE t.id = %(source)s",
        {"first": first, "count": count, "source": source, **(values or {})},
    )
    env.cr.execute(f"SELECT setval('{table}_id_seq', (SELECT MAX(id) FROM {table}))")  # noqa: S608
    env.invalidate_all()
    return first
