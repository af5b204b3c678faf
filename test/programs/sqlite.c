// SPDX-License-Identifier: Apache-2.0
//
// SQLite at work: a shop's tables filled in transactions, indexed, joined, grouped,
// searched, rolled back, and read again after the database was closed. Argument: the
// database's path.
#include "sqlite3.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERSON_COUNT 2000
#define SALE_COUNT   20000

static sqlite3 *db;

static void
fail(const char *what)
{
    printf("%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
}

static void
run(const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        fail(sql);
    }
}

static int
print_row(void *unused, int count, char **values, char **names)
{
    (void)unused;
    (void)names;
    for (int i = 0; i < count; i++) {
        printf("%s%s", i == 0 ? "" : "|", values[i] == NULL ? "NULL" : values[i]);
    }
    puts("");
    return 0;
}

static void
query(const char *sql)
{
    if (sqlite3_exec(db, sql, print_row, NULL, NULL) != SQLITE_OK) {
        fail(sql);
    }
}

static void
insert_people(void)
{
    static const char *const towns[] = {"Quito", "Lima", "La Paz", "Bogota", "Caracas"};
    sqlite3_stmt *insert;
    run("BEGIN");
    if (sqlite3_prepare_v2(db, "INSERT INTO person VALUES (?, ?, ?)", -1, &insert,
                           NULL)) {
        fail("prepare");
    }
    for (int i = 0; i < PERSON_COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "person-%04d", i * 7919 % PERSON_COUNT);
        sqlite3_bind_int(insert, 1, i);
        sqlite3_bind_text(insert, 2, name, -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(insert, 3, towns[i % 5], -1, SQLITE_STATIC);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK) {
            fail("insert person");
        }
    }
    sqlite3_finalize(insert);
    run("COMMIT");
}

static void
insert_sales(void)
{
    sqlite3_stmt *insert;
    unsigned state = 1;
    run("BEGIN");
    if (sqlite3_prepare_v2(db, "INSERT INTO sale VALUES (NULL, ?, ?, ?)", -1, &insert,
                           NULL)) {
        fail("prepare");
    }
    for (int i = 0; i < SALE_COUNT; i++) {
        state = state * 1664525u + 1013904223u;
        sqlite3_bind_int(insert, 1, (int)(state >> 8) % PERSON_COUNT);
        sqlite3_bind_double(insert, 2, (double)(state >> 20) / 16.0);
        sqlite3_bind_int(insert, 3, i % 365);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK) {
            fail("insert sale");
        }
    }
    sqlite3_finalize(insert);
    run("COMMIT");
}

static void
fill(void)
{
    run("CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT UNIQUE, town TEXT)");
    run("CREATE TABLE sale (id INTEGER PRIMARY KEY, person INTEGER REFERENCES person,"
        " price REAL, day INTEGER)");
    insert_people();
    insert_sales();
    run("CREATE INDEX sale_by_person ON sale (person, day)");
    run("CREATE VIEW town_sum AS SELECT town, count(*) AS n, sum(price) AS total"
        " FROM sale JOIN person ON person.id = sale.person GROUP BY town");
}

static void
ask(void)
{
    query("SELECT count(*), min(price), max(price), round(avg(price), 6) FROM sale");
    query("SELECT town, n, round(total, 3) FROM town_sum ORDER BY total DESC");
    query("SELECT name, count(*) AS n FROM sale JOIN person ON person.id = sale.person"
          " WHERE day BETWEEN 100 AND 200 GROUP BY person.id HAVING n > 7"
          " ORDER BY n DESC, name LIMIT 5");
    query("WITH RECURSIVE fib(a, b) AS (VALUES (0, 1) UNION ALL"
          " SELECT b, a + b FROM fib WHERE b < 1000000) SELECT max(b) FROM fib");
    query("SELECT day, round(sum(price) OVER (ORDER BY day ROWS 2 PRECEDING), 2) FROM"
          " (SELECT day, sum(price) AS price FROM sale GROUP BY day) LIMIT 4");
    query("SELECT upper(substr(name, 1, 6)), length(name), hex(zeroblob(2)), "
          "printf('%08.3f',"
          " 3.14159), NULL FROM person WHERE name LIKE '%-0042'");
    query("SELECT json_extract('{\"a\": [1, 2, {\"b\": \"deep\"}]}', '$.a[2].b')");
}

static void
change(void)
{
    run("BEGIN; DELETE FROM sale; ROLLBACK");
    run("UPDATE sale SET price = price * 2 WHERE day = 364");
    run("DELETE FROM sale WHERE person % 3 = 0");
    query("SELECT count(*), round(sum(price), 3) FROM sale");
    printf("%s\n", sqlite3_exec(db, "INSERT INTO person VALUES (1, 'x', 'y')", NULL, NULL,
                                NULL) == SQLITE_CONSTRAINT
                       ? sqlite3_errmsg(db)
                       : "duplicate accepted");
    run("VACUUM");
    query("PRAGMA integrity_check");
}

static void
open_database(const char *path)
{
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        "unix-none") != SQLITE_OK) {
        fail(path);
    }
}

int
main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : ":memory:";
    open_database(path);
    fill();
    ask();
    change();
    if (strcmp(path, ":memory:") != 0) {
        sqlite3_close(db);
        open_database(path);
        query("SELECT count(*), round(sum(price), 3) FROM sale");
    }
    sqlite3_close(db);
    return 0;
}
