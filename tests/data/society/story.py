"""What the members of the sample society do: they found bodies, pass motions, run, and vote."""

import datetime

import rules
import words

BODIES = [
    (
        "board",
        "Board of Directors",
        "board",
        "Leads the society between its meetings and answers for its money.",
        5,
    ),
    (
        "legislative",
        "Legislative Committee",
        "committee",
        "Follows legislation that concerns IT service providers and speaks to those who make it.",
        9,
    ),
    (
        "governance",
        "Governance Committee",
        "committee",
        "Keeps the rules of the society and its code of ethics in good order.",
        7,
    ),
    (
        "finance",
        "Finance Committee",
        "committee",
        "Compiles the budget and watches the spending against it.",
        7,
    ),
    (
        "marketing",
        "Marketing Committee",
        "committee",
        "Makes the society known and brings new members in.",
        7,
    ),
]
OFFICES = {
    "board": ["chair", "vice-chair", "treasurer"],
    "legislative": ["chair", "vice-chair", "secretary"],
    "governance": ["chair", "vice-chair", "secretary"],
    "finance": ["chair", "vice-chair"],
    "marketing": ["chair", "vice-chair"],
}
FOUNDED = datetime.date(2021, 10, 1)
SEATS_ON = datetime.date(2022, 10, 1)
BOARD_STAYS_UNTIL = datetime.date(2023, 10, 1)
BOARD_SEATS_THAT_STAY = 3

# Founders who run: (body, seat, contest).
INCUMBENTS = [
    ("board", 4, "board"),
    ("legislative", 2, "board"),
    ("legislative", 1, "legislative"),
    ("legislative", 3, "legislative"),
    ("legislative", 5, "legislative"),
    ("legislative", 7, "legislative"),
    ("finance", 3, "legislative"),
    ("governance", 1, "governance"),
    ("governance", 2, "governance"),
    ("governance", 4, "governance"),
    ("finance", 1, "finance"),
    ("finance", 2, "finance"),
    ("marketing", 1, "marketing"),
    ("marketing", 3, "marketing"),
    ("marketing", 6, "marketing"),
]

# Votes of the candidates of a contest, and the ballots that leave it blank. Marketing's 7th and 8th are tied.
TOTALS = {
    "board": ([97, 81, 64, 32], 7),
    "legislative": ([121, 117, 110, 104, 98, 93, 88, 85, 79, 71, 60, 42], 4),
    "governance": ([119, 113, 108, 101, 95, 90, 84, 69, 47], 10),
    "finance": ([126, 118, 109, 92, 77], 12),
    "marketing": ([116, 111, 105, 99, 94, 87, 83, 83, 51], 9),
}
BALLOTS = 150


def _contest(number, seats, terms):
    body, display_name = BODIES[number][:2]
    return {
        "id": body,
        "display_name": display_name,
        "body": body,
        "seats": seats,
        "method": "BLOCK_PLURALITY",
        "terms": [{"winners": winners, "years": years} for winners, years in terms],
    }


ELECTION = {
    "display_name": "Sample Society Election 2022",
    "schedule": {
        "filing_opens": "2022-08-01T00:00:00Z",
        "filing_closes": "2022-09-01T00:00:00Z",
        "voting_opens": "2022-09-15T00:00:00Z",
        "voting_closes": "2022-09-23T18:00:00Z",
        "handover_opens": "2022-09-23T21:00:00Z",
        "seats_on": "2022-10-01T00:00:00Z",
    },
    "record_date": "2022-08-31",
    "returning_officer": "returning.officer@society.example",
    "contests": [
        _contest(0, 2, [(2, 2)]),
        _contest(1, 9, [(5, 2), (4, 1)]),
        _contest(2, 7, [(4, 2), (3, 1)]),
        _contest(3, 7, [(4, 2), (3, 1)]),
        _contest(4, 7, [(4, 2), (3, 1)]),
    ],
}

# What the members themselves choose between: the options of the Debian logo vote of 1999, in its order.
POLL_OPTIONS = ["Ants", "Swirl", "Seal", "Old Logo", "Fixed Chicken", "DV", "Modified", "Further Discussion"]
POLL_RECORD_DATE = datetime.date(2022, 8, 3)
POLL = {
    "display_name": "Sample Society Logo Poll 2022",
    "schedule": {
        "filing_opens": "2022-08-03T18:30:00Z",
        "filing_closes": "2022-08-04T08:00:00Z",
        "voting_opens": "2022-08-05T08:00:00Z",
        "voting_closes": "2022-08-08T18:00:00Z",
        "handover_opens": "2022-08-08T21:00:00Z",
        "seats_on": "2022-08-09T00:00:00Z",
    },
    "record_date": str(POLL_RECORD_DATE),
    "returning_officer": "returning.officer@society.example",
    "contests": [
        {
            "id": "logo",
            "display_name": "The logo of the society",
            "method": "schulze",
            "seats": 1,
            "options": [{"id": words.slug(name, "-"), "display_name": name} for name in POLL_OPTIONS],
        }
    ],
}

# Chair, vice-chair and treasurer hold the keys that ballots are sealed to: their seats are not open, so none of them runs.
TRUSTEE_SEATS = [("board", seat) for seat in (1, 2, 3)]
TRUSTEE_THRESHOLD = 2


def with_trustees(election, founders):
    """An election as it is called, its trustees after its returning officer."""
    called = {}
    for field, value in election.items():
        called[field] = value
        if field == "returning_officer":
            called["trustees"] = [founders[seat].email for seat in TRUSTEE_SEATS]
            called["trustee_threshold"] = TRUSTEE_THRESHOLD
    return called


CODE = {
    "id": "2022-1",
    "preamble": "Our clients trust us with what they cannot check themselves. This code says what they, "
    "and we among each other, may count on.",
    "areas": [
        (
            "competence",
            "Competence",
            [
                ("represent-skills", "We will always represent our skills and abilities accurately."),
                ("keep-learning", "We keep our knowledge up to date and say so when a task is beyond it."),
            ],
        ),
        (
            "conflict-of-interest",
            "Conflict of interest",
            [
                (
                    "serve-the-recipient",
                    "Members shall not knowingly make recommendations or provide advice that serves "
                    "the member and not the recipient.",
                ),
                ("disclose-interests", "We tell a client beforehand when we earn by what we recommend."),
            ],
        ),
        (
            "confidentiality",
            "Confidentiality",
            [
                (
                    "treat-as-confidential",
                    "We treat all client information as confidential unless we know it is not.",
                ),
                ("least-access", "We look only at what the task needs."),
            ],
        ),
        (
            "client-commitment",
            "Commitment to clients",
            [
                ("plain-promises", "We promise what we can keep, in words that the client understands."),
                (
                    "orderly-parting",
                    "When we part, the client leaves with their data, their accounts and their passwords.",
                ),
            ],
        ),
    ],
}

INTERESTS = [
    "none",
    "I resell backup software of Vendor Example Cloud.",
    "My sister works for Enormous Example Corporation; I would leave the room.",
    "none, as of August 2022",
]
AIMS = [
    "learn from those who came before me",
    "bring order to its papers",
    "bring a visitor to every meeting",
]


def found(dice, register):
    """{(body, seat): member}: thirty-five different professionals."""
    seats = [(body, seat) for body, _, _, _, count in BODIES for seat in range(1, count + 1)]
    non_latin = [name for name, _ in words.NON_LATIN]
    people = [m for m in register.free if m.full_name not in non_latin]
    return dict(zip(seats, dice.some(people, len(seats))))


def founder_rows(founders):
    for (body, seat), member in founders.items():
        offices = OFFICES[body]
        stays = body == "board" and seat <= BOARD_SEATS_THAT_STAY
        end = BOARD_STAYS_UNTIL if stays else SEATS_ON
        office = offices[seat - 1] if seat <= len(offices) else ""
        yield [body, seat, member.email, office, FOUNDED, end]


def run(dice, register, founders):
    """{contest: candidates in order of filing}."""
    contests = {contest: [] for contest in TOTALS}
    for body, seat, contest in INCUMBENTS:
        contests[contest].append(founders[body, seat])
    newcomers = dice.shuffled(m for m in register.free if m not in founders.values())
    # One candidate whose name sorts after every Latin one.
    newcomers.sort(key=lambda m: m.full_name != words.NON_LATIN[0][0])
    for contest in sorted(contests, key=lambda c: c != "legislative"):
        missing = len(TOTALS[contest][0]) - len(contests[contest])
        contests[contest] += newcomers[:missing]
        del newcomers[:missing]
        contests[contest] = dice.shuffled(contests[contest])
    return contests, newcomers


def _page(member, contest, number):
    name = words.slug(member.full_name, "-") or member.email.split("@")[0].replace(".", "-")
    body = next(display_name for i, display_name, *_ in BODIES if i == contest)
    statement = (
        f"I am {member.full_name}, a sample candidate. I would like to serve on the {body}, "
        f"{AIMS[number % len(AIMS)]}, and finish what I begin."
    )
    links = [f"https://{name}.example/", f"https://social.example/{name}"][: number % 3]
    photo = f"https://photos.example/{name}.jpg" if number % 4 else ""
    return [statement, INTERESTS[number % len(INTERESTS)], photo, " ".join(links)]


def candidacy_rows(candidates, register, founders, bystander):
    """Rows in an order in which they can be filed: the refused second position after the first."""
    number = 0
    for contest, people in candidates.items():
        for member in people:
            yield [member.email, contest, *_page(member, contest, number), "accepted"]
            number += 1
    twice = next(m for m in candidates["board"] if m not in founders.values())
    registered = next(m for m in register.members if m.category == "registered" and m.email.islower())
    yield [twice.email, "finance", *_page(twice, "finance", 1), "refused:ALREADY_A_CANDIDATE"]
    yield [bystander.email, "finance", "I would like to", "", "", "", "unfinished"]
    yield [
        registered.email,
        "governance",
        *_page(registered, "governance", 2),
        "refused:CATEGORY_WITHOUT_RIGHT",
    ]
    holder = founders["board", 2]
    yield [holder.email, "marketing", *_page(holder, "marketing", 5), "refused:HOLDS_ANOTHER_POSITION"]


def motions(founders):
    board = [founders["board", seat].email for seat in range(1, 6)]
    return [
        {
            "body": "board",
            "mover": board[1],
            "title": "Waive the letters of reference for the 2022 season",
            "text": "Resolved, that until the end of 2022 letters of reference are not required of members "
            "who vote or run for office.",
            "threshold": "MAJORITY",
            "waive": {
                "acts": ["vote", "hold-office"],
                "valid_from": "2022-08-03",
                "valid_until": "2022-12-31",
            },
            "votes": _roll_call(board, ["yes", "yes", "abstain", "yes", "yes"]),
            "expected": _outcome("CARRIED", 4, 0, 1),
        },
        {
            "body": "board",
            "mover": board[3],
            "title": "Print the newsletter on yellow paper",
            "text": "Resolved, that the sample newsletter be printed on yellow paper from now on.",
            "threshold": "MAJORITY",
            "waive": None,
            "votes": _roll_call(board, ["no", "yes", "no", "yes", "abstain"]),
            "expected": _outcome("LOST", 2, 2, 1),
        },
    ]


def _roll_call(board, choices):
    return [{"email": email, "choice": choice} for email, choice in zip(board, choices)]


def _outcome(state, yes, no, abstain):
    return {"state": state, "yes": yes, "no": no, "abstain": abstain, "filled_seats": 5, "quorum": 3}


def code(dice, register, candidates):
    """The code's first version, accepted by twenty: twelve candidates and eight others."""
    running = [m for people in candidates.values() for m in people]
    accepting = dice.some(running, 12) + dice.some([m for m in register.free if m not in running], 8)
    areas = [
        {"id": i, "title": t, "provisions": [{"id": pi, "text": text} for pi, text in provisions]}
        for i, t, provisions in CODE["areas"]
    ]
    return {**CODE, "areas": areas, "acceptances": sorted(m.email for m in accepting)}


def vote(dice, roll, candidates):
    """[(company, representative, {contest: marks})] such that the totals come out as promised."""
    voters = [roll[i] for i in sorted(dice.some(range(len(roll)), BALLOTS))]
    ballots = [{contest: [] for contest in candidates} for _ in voters]
    silent = dice.below(BALLOTS)  # one ballot is blank throughout
    for contest in ELECTION["contests"]:
        totals, blank = TOTALS[contest["id"]]
        others = [i for i in range(BALLOTS) if i != silent]
        marking = dice.some(others, BALLOTS - blank)
        rooms = _rooms(dice, marking, min(contest["seats"], len(totals)), sum(totals))
        for member, total in zip(dice.shuffled(candidates[contest["id"]]), totals):
            for i in sorted(dice.shuffled(marking), key=lambda i: -rooms[i])[:total]:
                rooms[i] -= 1
                ballots[i][contest["id"]].append(member.email)
        _mix(dice, [ballots[i][contest["id"]] for i in marking])
    return [
        (company, person, {contest: sorted(marks) for contest, marks in ballot.items()})
        for (company, person), ballot in zip(voters, ballots)
    ]


def _mix(dice, ballots):
    """Lets ballots swap marks: lengths and totals stay, the pattern in which they were dealt goes."""
    for _ in range(40 * len(ballots)):
        one, other = ballots[dice.below(len(ballots))], ballots[dice.below(len(ballots))]
        i, j = dice.below(len(one)), dice.below(len(other))
        if one[i] not in other and other[j] not in one:
            one[i], other[j] = other[j], one[i]


def _rooms(dice, marking, most, marks):
    """How many marks each ballot bears: from one to `most`, `marks` in all."""
    rooms = {i: most for i in marking}
    while sum(rooms.values()) > marks:
        i = marking[dice.below(len(marking))]
        rooms[i] -= min(dice.below(min(rooms[i], 4)), sum(rooms.values()) - marks)
    return rooms


def companies_by_name(members):
    return sorted(rules.companies(members).items())
