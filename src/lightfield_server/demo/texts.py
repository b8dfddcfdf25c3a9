"""What people write down: notes, tasks, meetings. `{name}` and its like are filled in from the deal at hand."""

NOTES = (
    (
        "Discovery call with {name}",
        """Spoke with **{champion}** ({title}) for forty minutes.

## What they have
- {sensors} points to watch, most of them read **by hand twice a day**
- Alarms go to one telephone, which nobody carries at weekends

## What they want
1. One screen for every site
2. Records that an auditor accepts without a folder of printouts

> "We found out on Monday. It had been warm since Friday."

**Next:** send the two-page summary and propose a survey.""",
    ),
    (
        "Site survey, {city}",
        """Walked the whole building with {champion}.

| Area | Points | Remark |
| --- | ---: | --- |
| Cold rooms | {half} | steel doors, needs a gateway inside |
| Loading bay | 4 | doors stand open up to 20 minutes |
| Freezers | {rest} | old probes can stay |

The thick wall towards the yard swallows the signal. *One more gateway* solves it; it is in the price.""",
    ),
    (
        "Pilot review: {name}",
        """Three weeks of data, **two real alarms**, one of them at 03:12 on a Sunday.

- {champion} is convinced; finance is not yet
- They compared us with {competitor}: setting up took them a day, us an hour
- Asked for a report by e-mail every Monday

- [x] Send the temperature report
- [ ] Price for the second building
- [ ] Talk to purchasing about the framework agreement""",
    ),
    (
        "Pricing talk",
        """{champion} can sign up to about half of **{amount}** alone, the rest goes to the board.

Options we left on the table:

1. Rent instead of buying, three years
2. Start with {half} sensors and add the others next quarter
3. The whole of it now, with installation included

My guess: option 2.""",
    ),
    (
        "Why we are talking to {account}",
        """Met them through {source}. An inspection in spring found gaps in their records, and there is a deadline.

**Decides:** {champion}
**Could stop it:** IT, who want nothing new on their network. Our gateways bring their own SIM cards.

Compared with: {competitor}.""",
    ),
    (
        "Handover to Customer Care",
        """{account} goes live with **{sensors} sensors** in {city}.

- Contact on site is {champion}
- Deliver before eight, the yard is full afterwards
- They were promised training for the night shift: *please do not forget*""",
    ),
)

RENEWAL_NOTES = (
    (
        "Renewal talk with {account}",
        """{champion} expects the renewal to go through: **{sensors} sensors**, {amount} for the year.

What they asked for:

- one invoice a year instead of twelve
- a second telephone number for alarms
- [ ] send the list of sensors with their batteries""",
    ),
    (
        "A year with {account}",
        """| | This year | Last year |
| --- | ---: | ---: |
| Alarms | 31 | 58 |
| of them false | 4 | 19 |
| Goods saved | 3 pallets | – |

{champion} will show this table to the board. *Fewer alarms than before* is what they will remember.""",
    ),
)

LOST_NOTE = (
    "What we can learn: {name}",
    """Lost. They say: **{reason}**.

Read between the lines, we came too late: {competitor} had been there since winter. {champion} would take our call again
next year, so there is a task for that.""",
)

TASKS: tuple[tuple[str, str | None], ...] = (
    ("Send the proposal to {champion}", "Two pages. Lead with the audit, **not** with the sensors."),
    ("Call {champion} about the survey", "Mornings are best."),
    ("Ask IT at {account} about the network", "Send the sheet on gateways with SIM cards beforehand."),
    ("Book the installation in {city}", None),
    ("Follow up on the pilot at {account}", "They wanted to see the **weekend alarms** in one chart."),
    ("Check references for {account}", "Somebody of the same size, in the same country."),
    ("Draft the rental offer for {account}", "Three years, {sensors} sensors, service included."),
    ("Thank {champion} for the introduction", None),
)

RENEWAL_TASKS: tuple[tuple[str, str | None], ...] = (
    ("Send the renewal to {champion}", "One page, one price, one signature."),
    ("Check the batteries at {account}", "All {sensors} of them; swap what is below a third."),
    ("Prepare the yearly figures for {account}", None),
)

COME_BACK = "Call {champion} again at {account}"

MEETINGS = (
    ("Introduction: {account}", "First call. They describe, we listen.", 30),
    ("Demonstration for {account}", "Live data from our own cold room; alarms on request.", 45),
    ("Site survey at {account}", "Bring the signal meter and warm gloves.", 120),
    ("Proposal walk-through: {account}", "Page by page with whoever has to sign.", 60),
    ("Pilot review: {account}", "Numbers first, then the questions.", 45),
)

RENEWAL_MEETINGS = (
    ("Yearly review: {account}", "Alarms, uptime, wishes.", 60),
    ("Renewal: {account}", "Terms for the next year.", 30),
)

NEXT_STEPS = (
    "Survey the site",
    "Send the proposal",
    "Meet finance",
    "Wait for the audit report",
    "Agree the start of the pilot",
    "Contract is with legal",
)

RENEWAL_STEPS = ("Send the renewal", "Agree the price", "Wait for the order number", "Ask for the signature")

PLANS = (
    "**Grow.** Two more sites open next year; be there when the plans are drawn.",
    "**Hold.** Happy, quiet and loyal. A visit each quarter is enough.",
    "**Win back trust.** Three false alarms in autumn; firmware is fixed, feelings are not.",
    "**Get in.** They know us from a fair. Needs a reason to move before winter.",
)
