"""What the operator of everything has: dumps of every database, binary logs, the database servers' own files, the
services' logs, journals and folders with sizes, inodes and times, figures, and the published log. Each of them is a
document, on the side of the ballots or on that of the companies, and is searched for what is known of every voter.
"""

import datetime
import itertools
import pathlib
import re
import stat
import subprocess
import time
import urllib.error
import urllib.request

from joins import FEWEST, Order

COMPANIES, BALLOTS = "companies", "ballots"
# Where the box keeps things; everything else belongs to those who know the companies.
OF_THE_BOX = ("box-db/", "box-log/", "logs/ballot-box.log", "box-db ", "figures of ballot-box")
SYSTEM_SCHEMAS = {"information_schema", "performance_schema", "sys", "mysql"}
FLUSH_SECONDS = 5
BLOCK = 4096
# The number of the transaction that wrote a row of InnoDB follows its primary key, which ends with one of these; it has
# 6 bytes, of which a young server uses the last.
KEYS = {"id", "company", "person"}
NUMBER, UNUSED = 6, b"\0\0"

TOKEN = re.compile(rb"[0-9A-Za-z+/_-]{16,}")
INSTANT = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?")
PEER = re.compile(rb"(?:ipv[46]:|\b127\.0\.0\.1:|\[::1\]:)[0-9\[\]:.%A-F]*", re.IGNORECASE)
# What of a file can be read as text, for tokens that stand on both sides.
TEXT_FILES = re.compile(r"^(logs/|mail/|box-log/|[^/]*journal|[^/]*journal/)|^mail$")


def side_of(name):
    return BALLOTS if name.startswith(OF_THE_BOX) else COMPANIES


class Document:
    def __init__(self, name, data, text=False, path=None):
        self.name, self.data, self.text, self.path = name, data, text, path
        self.side = side_of(name)


def tokens_of(data):
    """Words of 16 characters and more that look drawn rather than written."""
    return {token for token in TOKEN.findall(data) if sum(chr(c).isdigit() for c in token) >= 3}


def _without_empty_blocks(data):
    """The same data in the same order; what a server has not used yet is left out."""
    empty = bytes(BLOCK)
    blocks = (data[at : at + BLOCK] for at in range(0, len(data), BLOCK))
    return b"".join(block for block in blocks if block != empty)


class Server:
    """A database server of the stack, as its administrator uses it."""

    def __init__(self, folder):
        self.folder, self.name = folder, folder.name
        self.socket = (folder / "socket").read_text(encoding="utf-8").strip()
        self.access = ["--no-defaults", "--protocol=socket", f"--socket={self.socket}", "--user=root"]

    def ask(self, sql):
        done = subprocess.run(
            ["mariadb", *self.access, "-N", "-B"], input=sql.encode(), capture_output=True, check=True
        )
        return done.stdout

    def flush(self):
        """Has every changed page written to its file, as sooner or later the server does by itself."""
        self.ask("SET GLOBAL innodb_max_dirty_pages_pct_lwm = 0; SET GLOBAL innodb_max_dirty_pages_pct = 0;")
        until = time.monotonic() + FLUSH_SECONDS
        while time.monotonic() < until:
            if self.ask("SHOW GLOBAL STATUS LIKE 'Innodb_buffer_pool_pages_dirty'").split()[-1] == b"0":
                break
            time.sleep(0.05)
        self.ask(
            "SET GLOBAL innodb_max_dirty_pages_pct = DEFAULT; SET GLOBAL innodb_max_dirty_pages_pct_lwm = DEFAULT;"
        )

    def documents(self):
        for schema in self.ask("SHOW DATABASES").decode().split():
            if schema not in SYSTEM_SCHEMAS:
                yield from self._dumped(schema, "as stored", [])
                yield from self._dumped(schema, "by primary key", ["--order-by-primary"])
        logs = sorted((self.folder / "data").glob("binlog.[0-9]*"))
        if logs:
            done = subprocess.run(
                ["mariadb-binlog", "--no-defaults", "-vv", "--base64-output=decode-rows", *logs],
                capture_output=True,
                check=True,
            )
            yield Document(f"{self.name} binary log", done.stdout, text=True)
        yield Document(f"{self.name} status", self.ask("SHOW ENGINE INNODB STATUS; SHOW GLOBAL STATUS;"), text=True)

    def _dumped(self, schema, how, options):
        flags = ["--skip-extended-insert", "--hex-blob", "--single-transaction", "--skip-dump-date", *options]
        done = subprocess.run(["mariadb-dump", *self.access, *flags, schema], capture_output=True, check=True)
        tables = {}
        for line in done.stdout.split(b"\n"):
            if line.startswith(b"INSERT INTO `"):
                tables.setdefault(line.split(b"`", 2)[1].decode(), []).append(line)
        for table, lines in tables.items():
            yield Document(f"{self.name} dump {schema}.{table} {how}", b"\n".join(lines), text=True)


class Findings:
    """What one look at everything gave."""

    def __init__(self):
        self.orders = {COMPANIES: [], BALLOTS: []}  # lists of joins.Order
        self.times = {COMPANIES: {}, BALLOTS: {}}  # source -> {voter: seconds}
        self.crossed = set()  # (document, kind, spelling) of one side's values in a document of the other
        self.tokens = {COMPANIES: set(), BALLOTS: set()}
        self.peers = set()  # (document, address)
        self.documents, self.bytes = 0, 0


class Evidence:
    """`finders`: {COMPANIES: Finder, BALLOTS: Finder} of what identifies a company, and a ballot."""

    def __init__(self, stack):
        self.stack = pathlib.Path(stack)
        self.base = int((self.stack / "ports").read_text(encoding="utf-8"))
        self.servers = [Server(path.parent) for path in sorted(self.stack.glob("*/mariadbd.pid"))]
        self.unchanged = {path: self._state(path) for path in self._files()}
        self.tokens_before = self._tokens_before()

    def collect(self, finders, planted=()):
        """Findings of everything there is now, and of the documents that a control adds."""
        for server in self.servers:
            server.flush()
        findings = Findings()
        alone = {}  # (side, folder) -> [(voter, path)]: files about one voter
        for document in itertools.chain(self._documents(), planted):
            findings.documents += 1
            findings.bytes += len(document.data)
            if document.text:
                findings.tokens[document.side] |= tokens_of(document.data)
                if document.side == BALLOTS:
                    findings.peers |= {
                        (document.name, peer.decode()) for peer in PEER.findall(document.data) if not self._own(peer)
                    }
            for side, finder in finders.items():
                self._search(document, side, finder, findings, alone)
        for (side, folder), files in alone.items():
            self._order_of_files(side, folder, files, findings)
        return findings

    def beside(self, words, finders):
        """{side: {word: voters}}: who is identified on a line of this side on which one of these words stands too."""
        found = {COMPANIES: {}, BALLOTS: {}}
        for document in self._documents():
            if not document.text:
                continue
            for line in document.data.splitlines():
                for word in tokens_of(line) & words:
                    owners = {hit.owner for hit in finders[document.side].scan(line)}
                    found[document.side].setdefault(word, set()).update(owners)
        return found

    # Where it comes from

    def _documents(self):
        for server in self.servers:
            yield from server.documents()
        listed = {COMPANIES: [], BALLOTS: []}
        for path in self._files():
            name = path.relative_to(self.stack).as_posix()
            state = self._state(path)
            # Without its time, which two files written in one tick of the kernel share: times are joined by themselves.
            listed[side_of(name)].append(f"{name} {state and state[:2]}")
            if self.unchanged.get(path) != state:
                try:
                    data = path.read_bytes()
                except FileNotFoundError:
                    continue
                yield Document(name, _without_empty_blocks(data), bool(TEXT_FILES.match(name)), path)
        yield Document("list of files", "\n".join(listed[COMPANIES]).encode(), text=True)
        yield Document("box-db and box-log, list of files", "\n".join(listed[BALLOTS]).encode(), text=True)
        yield from self._figures()

    def _figures(self):
        """What every service tells Prometheus."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for offset in range(11, 20):
            try:
                with opener.open(f"http://127.0.0.1:{self.base + offset}/metrics", timeout=5) as answer:
                    service = "ballot-box" if offset == 15 else f"service {offset - 10}"
                    yield Document(f"figures of {service}", answer.read(), text=True)
            except (urllib.error.URLError, OSError):
                continue  # no service there

    def _files(self):
        for path in sorted(self.stack.rglob("*")):
            try:
                if stat.S_ISREG(path.lstat().st_mode):
                    yield path
            except FileNotFoundError:
                continue

    @staticmethod
    def _state(path):
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return (found.st_size, found.st_ino, found.st_mtime_ns)

    def _tokens_before(self):
        """Words that stood on both sides before anybody collected: the election's, not a voter's."""
        found = {COMPANIES: set(), BALLOTS: set()}
        self.unchanged, all_files = {}, self.unchanged
        for document in self._documents():
            if document.text:
                found[document.side] |= tokens_of(document.data)
        self.unchanged = all_files
        return found[COMPANIES] & found[BALLOTS]

    def _own(self, peer):
        """Whether it is an address at which the stack serves."""
        port = peer.rsplit(b":", 1)[-1]
        return not port.isdigit() or self.base <= int(port) <= self.base + 99

    # What is found in it

    def _search(self, document, side, finder, findings, alone):
        hits = finder.scan(document.data)
        if not hits:
            return
        if side != document.side:
            findings.crossed |= {(document.name, hit.kind, hit.spelling) for hit in hits}
        by_kind = {}
        for hit in hits:
            by_kind.setdefault((hit.kind, "bytes" if hit.spelling == "bytes" else "text"), []).append(hit)
        for (kind, _), found in by_kind.items():
            self._order_in(document, side, kind, found, findings)
        if document.path is not None:
            owners = {hit.owner for hit in hits}
            if len(owners) == 1:
                alone.setdefault((side, document.path.parent), []).append((owners.pop(), document.path))
            if document.name.startswith("logs/"):
                self._times_in(document, side, hits, findings)

    @staticmethod
    def _order_in(document, side, kind, hits, findings):
        first, last, numbers = {}, {}, {}
        for hit in hits:
            first.setdefault(hit.owner, hit.start)
            last[hit.owner] = hit.start
            number = document.data[hit.end : hit.end + NUMBER]
            if kind in KEYS and number.startswith(UNUSED) and any(number):
                numbers[hit.owner] = max(number, numbers.get(hit.owner, b""))
        for how, places in (("first", first), ("last", last), ("transaction", numbers)):
            if how == "transaction" and (document.text or len(set(numbers.values())) < 2):
                continue
            if len(places) >= FEWEST:
                voters = tuple(sorted(places, key=lambda voter: (places[voter], voter)))
                findings.orders[side].append(Order(f"{document.name}, {kind}, {how}", voters))

    @staticmethod
    def _times_in(document, side, hits, findings):
        times = {}
        for hit in hits:
            line = document.data.rfind(b"\n", 0, hit.start) + 1
            instant = INSTANT.search(document.data, line, document.data.find(b"\n", hit.end) % (len(document.data) + 1))
            if instant:
                text = instant.group().decode().replace(" ", "T")
                times[hit.owner] = (
                    datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp()
                )
        if len(times) >= FEWEST:
            findings.times[side][document.name] = times

    def _order_of_files(self, side, folder, files, findings):
        name = folder.relative_to(self.stack).as_posix()
        states = [(voter, path.name, self._state(path)) for voter, path in files]
        states = [(voter, path, state) for voter, path, state in states if state is not None]
        for how, key in (("name", lambda s: s[1]), ("inode", lambda s: s[2][1]), ("time", lambda s: s[2][2])):
            last = {state[0]: key(state) for state in sorted(states, key=key)}
            if len(last) >= FEWEST:
                findings.orders[side].append(Order(f"{name}/, by {how}", tuple(sorted(last, key=last.get))))
        times = {voter: state[2] / 1e9 for voter, _, state in sorted(states, key=lambda s: s[2][2])}
        if len(times) >= FEWEST:
            findings.times[side][f"{name}/"] = times
