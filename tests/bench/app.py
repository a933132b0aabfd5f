"""What gunicorn serves in a bench: PeerNet as it is. Only where a request asks for it by a header
are its SQL statements counted; those requests are not timed. And the least that a server can do,
before Django itself: a constant answer."""

from django.db import connection

from peernet.wsgi import application as peernet

COUNT = "HTTP_X_BENCH_COUNT"


def application(environ, start_response):
    if environ["PATH_INFO"] == "/bench/constant/":
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]
    if COUNT not in environ:
        return peernet(environ, start_response)
    statements: list[str] = []

    def counted(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    def begin(status, headers, exc_info=None):
        return start_response(status, [*headers, ("X-Statements", str(len(statements)))], exc_info)

    with connection.execute_wrapper(counted):
        return peernet(environ, begin)
