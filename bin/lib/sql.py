"""Run one SQL statement outside a transaction: sql.py STATEMENT [DATABASE]; prints the rows."""

import sys

import psycopg2


def main(statement, database="postgres"):
    """Connect as the PG* environment says, run the statement, print one row a line."""
    connection = psycopg2.connect(dbname=database, connect_timeout=10)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        if cursor.description:
            for row in cursor.fetchall():
                print(*row, sep="\t")
    connection.close()


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except psycopg2.Error as error:
        sys.exit(str(error).strip())
