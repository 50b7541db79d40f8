"""The data model: the name of every Redis key, and what lies under it.

Everything of one thread shares the hash tag `{site.partition}`, so one script touches one slot and the same code runs
on one Redis and on a cluster. A thread's id, and each id made in it, says its bucket; only `home` and `thread_home`
make a partition of that. Ids stand in keys and indexes without their prefix: in a key in their 26 characters, in an
index as 17 bytes each (`records.packed_ids`). Indexes are sorted sets with score 0: their order is the ids' order,
which is time.

| key | type | holds |
|---|---|---|
| `commentsvc:sites` | hash | site key → record (JSON) |
| `commentsvc:site_numbers` | string | the last site number given out |
| `commentsvc:layout` | string | the layout version of this data |
| `commentsvc:moderators` | set | sign-in names |
| `commentsvc:{m.<name>}` | hash | one moderator: `record`, `factor`, `pending`, `invite` (JSON); `step`, the last |
| `commentsvc:{m.<name>}:sessions` | hash | SHA-256 of a session's secret → `store/sessions.py` |
| `commentsvc:{m.<name>}:recovery` | set | SHA-256 of each recovery code that was not used yet |
| `commentsvc:{m.<name>}:changes` | sorted set | what was administered of this person, for ever: id and JSON |
| `commentsvc:{m.<name>}:networks` | hash | network hash → when a sign-in from there last worked |
| `commentsvc:tokens` | hash | token id → record (JSON) |
| `commentsvc:policy` | hash | `record` (JSON): what holds for the whole installation |
| `commentsvc:changes:<what>` | sorted set | what was administered of sites, tokens, policy; in the slot of `<what>` |
| `commentsvc:tries:<what>` | string | failed sign-ins in a window, with a TTL |
| `commentsvc:mailed:<hash>` | hash | letters of one day to one address, or asked for by one network, with a TTL |
| `commentsvc:quiet` | set | keyed hashes of addresses that are never written to |
| `{p}:c:<id>` | hash | a comment: see `store/records.py` |
| `{p}:t:<thread>` | hash | key, open, rev, a counter per status; url, title and `source`, the comment they are from |
| `{p}:t:<thread>:approved` | index | approved comments by time |
| `{p}:t:<thread>:order` | index | paths of approved comments: the order of the conversation |
| `{p}:t:<thread>:waiting` | index | paths of pending comments |
| `{p}:t:<thread>:liked` | sorted set | comments by their likes, those taken down included |
| `{p}:liking` | index | threads with likes that its pages do not show yet |
| `{p}:likers:<comment>` | hash | digest of a network → digests of browsers that liked it; 30 days after the last |
| `{p}:s:<status>` | index | every comment of that status; `pending`, the queue, has those with an edit that waits too |
| `{p}:l:<lane>` | index | what waits in that lane, edits too; `notices` has cases, by when they are due (ms) |
| `{p}:reports:<id>` | hash | what was reported about a comment: see `store/cases.py`; 183 days when judged |
| `{p}:appeal:<id>` | hash | its author's last appeal: see `store/cases.py`; 183 days when judged |
| `{p}:a:<author key>` | hash | that author's comments by status; `last` of them; restricted `until` (ms or `hold`) |
| `{p}:notes:<author key>` | hash | id → packed by and text; in partition 0, the newest 100 |
| `{p}:imposed:<author key>` | hash | id → packed by, until and note: restrictions, for ever; in partition 0 |
| `{p}:impositions` | index | ids of all those rows of the site, each with the author's key; in partition 0 |
| `{p}:near:<bucket>` | index | ids with a mark each (`store/near.py`); the newest 64, with a TTL |
| `{p}:leases` | hash | id → `holder|token|until_ms` |
| `{p}:later` | hash | id → `moderator|until_ms`: put off |
| `{p}:fence` | string | the last fencing token given out |
| `{p}:d:<decision>` | hash | a decision: see `store/records.py` |
| `{p}:log` | index | every decision, for ever |
| `{p}:my:<moderator>` | index | the last 50 decisions of one moderator that can be undone |
| `{p}:bulk:<moderator>:<bulk>` | index | the decisions of one step of many that are not undone yet, with a TTL |
| `{p}:index` | hash | segment of the search index → its first id, its last, how many rows: see `store/search.py` |
| `{p}:ids:<segment>` | string | the id of each row |
| `{p}:bits:<segment>` | string | the rows: see `store/signature.py` |
| `{p}:n:<hour>` | hash | what happened in one hour (counted from 1970), counted: see `store/numbers.py`; 90 days |
| `{p}:busy:<day>` | sorted set | threads (17 bytes) by the comments that came in on one day; 90 days |
| `{p}:used:<nonce>` | string | a ticket's one use, until the ticket has expired |
| `{p}:once:<digest>` | hash | id and digest of the submission made under an idempotency key, with a TTL |
| `{p}:rate:<network>` | string | tries to submit in the present window, with a TTL |
| `{p}:events` | stream | facts for the outside, until the worker has made deliveries of them |
| `{p}:w:<delivery>` | hash | one event on its way to one webhook, or as a letter: its facts, `tries`, `error` |
| `{p}:due:<webhook>` | sorted set | deliveries of one webhook (letters: `mail`) by when (ms) each may be taken |
| `{p}:hooks` | set | webhooks that may have deliveries, and `mail` |
| `{p}:dead` | sorted set | deliveries given up, by when (ms); 30 days |
| `commentsvc:worker` | string | when (ms) a worker was last alive, with a TTL |
| `commentsvc:moving` | string | whose data is being moved here; gone when all is there |

`{p}` stands for `{site.partition}`, e.g. `{daily.0}`.
"""

from dataclasses import dataclass

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, DecisionId, bucket_of
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId, bucket

SITES = "commentsvc:sites"
SITE_NUMBERS = "commentsvc:site_numbers"
LAYOUT = "commentsvc:layout"
MODERATORS = "commentsvc:moderators"
TOKENS = "commentsvc:tokens"
POLICY = "commentsvc:policy"
WORKER = "commentsvc:worker"
MOVING = "commentsvc:moving"
QUIET = "commentsvc:quiet"
NOTICES = "commentsvc:notices"
"""The channel on which a script names the key of the thread or site whose public face it changes."""


def moderator(name: str) -> str:
    """One moderator's record."""
    return f"commentsvc:{{m.{name}}}"


def sessions(name: str) -> str:
    """One moderator's sessions."""
    return f"commentsvc:{{m.{name}}}:sessions"


def recovery(name: str) -> str:
    """One moderator's recovery codes."""
    return f"commentsvc:{{m.{name}}}:recovery"


def changes_of(name: str) -> str:
    """What was administered of one moderator."""
    return f"commentsvc:{{m.{name}}}:changes"


def changes(of: str) -> str:
    """What was administered of all that lies under the key `of`; the hash tag puts it into that key's slot."""
    return f"commentsvc:changes:{{{of}}}"


def networks(name: str) -> str:
    """The networks one moderator has signed in from."""
    return f"commentsvc:{{m.{name}}}:networks"


def tries(what: str) -> str:
    """Failed sign-ins of one account, network or pair of them."""
    return f"commentsvc:tries:{what}"


def mailed(whose: str) -> str:
    """Letters of one day: to one address, or asked for by one network."""
    return f"commentsvc:mailed:{whose}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Partition:
    """The keys of one partition of a site."""

    site: str
    number: int

    @property
    def tag(self) -> str:
        """The prefix that puts a key into this partition's slot."""
        return f"{{{self.site}.{self.number}}}:"

    def comment(self, body: str) -> str:
        """A comment, by its id without prefix."""
        return f"{self.tag}c:{body}"

    @property
    def comments(self) -> str:
        """What every comment's key begins with: for scripts that find ids in an index first."""
        return f"{self.tag}c:"

    @property
    def threads(self) -> str:
        """What every thread's key begins with."""
        return f"{self.tag}t:"

    def thread(self, thread: str) -> str:
        """A thread's facts and counters."""
        return f"{self.tag}t:{thread}"

    def approved(self, thread: str) -> str:
        """A thread's approved comments by time."""
        return f"{self.tag}t:{thread}:approved"

    def order(self, thread: str) -> str:
        """A thread's approved comments in the order of the conversation."""
        return f"{self.tag}t:{thread}:order"

    def waiting(self, thread: str) -> str:
        """A thread's pending comments in the order of the conversation."""
        return f"{self.tag}t:{thread}:waiting"

    def liked(self, thread: str) -> str:
        """A thread's comments by their likes."""
        return f"{self.tag}t:{thread}:liked"

    @property
    def liking(self) -> str:
        """Threads with likes that are not shown yet."""
        return f"{self.tag}liking"

    def likers(self, body: str) -> str:
        """Who liked a comment, by its id without prefix."""
        return f"{self.tag}likers:{body}"

    def lane(self, lane: Lane) -> str:
        """The pending comments of one lane."""
        return f"{self.tag}l:{lane}"

    @property
    def lanes(self) -> list[str]:
        """Every lane's index, in the order that the scripts know."""
        return [self.lane(lane) for lane in Lane]

    def reports(self, body: str) -> str:
        """What was reported about a comment, by its id without prefix."""
        return f"{self.tag}reports:{body}"

    def appeal(self, body: str) -> str:
        """The last appeal about a comment, by its id without prefix."""
        return f"{self.tag}appeal:{body}"

    def near(self, bucket: str) -> str:
        """Recent comments that might be near-identical."""
        return f"{self.tag}near:{bucket}"

    def status(self, status: Status) -> str:
        """Every comment of one status."""
        return f"{self.tag}s:{status}"

    def author(self, author_key: str) -> str:
        """An author's record."""
        return f"{self.tag}a:{author_key}"

    def notes(self, author_key: str) -> str:
        """Notes on an author."""
        return f"{self.tag}notes:{author_key}"

    def imposed(self, author_key: str) -> str:
        """What was imposed on an author and lifted."""
        return f"{self.tag}imposed:{author_key}"

    @property
    def impositions(self) -> str:
        """What was imposed on any author of the site."""
        return f"{self.tag}impositions"

    @property
    def leases(self) -> str:
        """Who is looking at what."""
        return f"{self.tag}leases"

    @property
    def later(self) -> str:
        """What was put off, by whom and until when."""
        return f"{self.tag}later"

    @property
    def fence(self) -> str:
        """The counter of fencing tokens."""
        return f"{self.tag}fence"

    def decision(self, body: str) -> str:
        """A decision, by its id without prefix."""
        return f"{self.tag}d:{body}"

    @property
    def log(self) -> str:
        """Every decision, in time order."""
        return f"{self.tag}log"

    def mine(self, moderator: str) -> str:
        """One moderator's last decisions."""
        return f"{self.tag}my:{moderator}"

    def bulk(self, moderator: str, body: str) -> str:
        """What one moderator decided in one step, by its id without prefix."""
        return f"{self.tag}bulk:{moderator}:{body}"

    @property
    def index(self) -> str:
        """The directory of the search index."""
        return f"{self.tag}index"

    def ids(self, segment: int) -> str:
        """The ids of one segment's rows."""
        return f"{self.tag}ids:{segment}"

    def bits(self, segment: int) -> str:
        """The rows of one segment."""
        return f"{self.tag}bits:{segment}"

    def hour(self, hour: int) -> str:
        """What happened in one hour, counted."""
        return f"{self.tag}n:{hour}"

    def busy(self, day: int) -> str:
        """The articles that were commented on most on one day."""
        return f"{self.tag}busy:{day}"

    def used(self, nonce: str) -> str:
        """A ticket's use."""
        return f"{self.tag}used:{nonce}"

    def once(self, digest: str) -> str:
        """What was made under an idempotency key."""
        return f"{self.tag}once:{digest}"

    def rate(self, network: str) -> str:
        """How often a network has tried lately."""
        return f"{self.tag}rate:{network}"

    @property
    def events(self) -> str:
        """The outbox."""
        return f"{self.tag}events"

    def delivery(self, id: str) -> str:
        """One event on its way to one webhook."""
        return f"{self.tag}w:{id}"

    def due(self, webhook: str) -> str:
        """A webhook's deliveries by the time of their next try."""
        return f"{self.tag}due:{webhook}"

    @property
    def hooks(self) -> str:
        """Webhooks that may have deliveries."""
        return f"{self.tag}hooks"

    @property
    def dead(self) -> str:
        """Deliveries given up."""
        return f"{self.tag}dead"


def home(site: Site, id: CommentId | DecisionId) -> Partition:
    """The keys of the partition in which a comment or decision lies."""
    return Partition(site=site.key, number=site.partition_of(bucket_of(id)))


def thread_home(site: Site, id: ThreadId) -> Partition:
    """The keys of the partition in which a thread and all its comments lie."""
    return Partition(site=site.key, number=site.partition_of(bucket(id)))
