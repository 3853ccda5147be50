#!/usr/bin/env python3
"""Writes the sample statements in this folder. The same input gives the same bytes; nothing in them is real.

Three consumers, two years up to 20 November 2026, in the formats that banks really use:

    alice   checking (OFX 1.x), card (OFX 1.x), savings (OFX 2.x), car loan and contacts (FDX JSON)
    bob     checking (OFX 2.x), brokerage (OFX 1.x), savings with carol (OFX 2.x), contacts (FDX JSON)
    carol   card (OFX 2.x), the same savings, student loan and contacts (FDX JSON)

The routing number 990000000 has a right check digit and belongs to no bank; tax ids are from the range that is
kept for advertisements; telephone numbers end in 555-01xx; everything else is invented.
"""

import calendar
import datetime
import json
import pathlib
from decimal import Decimal

HERE = pathlib.Path(__file__).parent
ROUTING = "990000000"
LAST = datetime.date(2026, 11, 20)
MONTHS = [(2024 + (10 + n) // 12, (10 + n) % 12 + 1) for n in range(25)]


class Dice:
    """A generator of our own, so that no version of Python changes what it gives."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % bound

    def cents(self, low, high):
        return Decimal(low * 100 + self.below((high - low) * 100)) / 100

    def one_of(self, options):
        return options[self.below(len(options))]


def day(year, month, number):
    return datetime.date(year, month, min(number, calendar.monthrange(year, month)[1]))


def moves(plan):
    """Every move of the plan that has happened, in order, numbered."""
    happened = sorted((move for move in plan if move[0] <= LAST), key=lambda move: move[0])
    return [(f"{move[0]:%Y%m%d}{number:04}", *move) for number, move in enumerate(happened, 1)]


def alice_checking(card_bills):
    dice, plan = Dice(1), []
    for year, month in MONTHS:
        plan += [
            (day(year, month, 1), "REPEATPMT", Decimal("-2150.00"), "HARBOR PROPERTY MGMT", "RENT"),
            (day(year, month, 5), "XFER", Decimal("-400.00"), "TRANSFER TO SAVINGS", None),
            (day(year, month, 10), "DIRECTDEBIT", Decimal("-312.44"), "FIRST EXAMPLE AUTO LOAN", None),
            (day(year, month, 12), "PAYMENT", -dice.cents(48, 140), "TRI-COUNTY ELECTRIC", "ONLINE BILL PAYMENT"),
            (day(year, month, 15), "DIRECTDEP", Decimal("2110.58"), "NORTHWIND DESIGN LLC", "PAYROLL"),
            (day(year, month, 20), "ATM", Decimal(-20 * (1 + dice.below(4))), "ATM WITHDRAWAL", "FIRST EXAMPLE 4TH ST"),
            (day(year, month, 31), "DIRECTDEP", Decimal("2110.58"), "NORTHWIND DESIGN LLC", "PAYROLL"),
        ]
        for week in (6, 13, 27):
            plan.append((day(year, month, week), "POS", -dice.cents(70, 145), "GREENLEAF MARKET", "POS PURCHASE"))
        if (year, month) in card_bills:
            plan.append((day(year, month, 25), "PAYMENT", -card_bills[year, month], "FIRST EXAMPLE CARD", "AUTOPAY"))
        if month % 4 == 0:
            plan.append((day(year, month, 22), "CHECK", -dice.cents(40, 160), "CHECK", None, 1000 + month + 12 * (year - 2024)))
    return moves(plan)


CARD_SHOPS = [
    ("GREENLEAF MARKET", "5411", 22, 118), ("CAFÉ NOIR", "5814", 4, 14), ("CITY TRANSIT", "4111", 2, 40),
    ("PAGE & PROSE BOOKS", "5942", 9, 60), ("ORBIT FUEL", "5541", 25, 58), ("TRATTORIA LUNA", "5812", 18, 85),
    ("NIMBUS CLOUD STORAGE", "5734", 3, 12), ("RIVERSIDE PHARMACY", "5912", 6, 45),
]


def card(seed, each_month, fee_months=()):
    """Purchases, and the payment of each month's bill on the 25th of the next."""
    dice, plan, bills = Dice(seed), [], {}
    for (year, month), after in zip(MONTHS, MONTHS[1:] + [(2026, 12)]):
        spent = Decimal(0)
        for _ in range(each_month):
            name, sic, low, high = dice.one_of(CARD_SHOPS)
            amount = dice.cents(low, high)
            spent += amount
            plan.append((day(year, month, 1 + dice.below(28)), "DEBIT", -amount, name, None, None, sic))
        if month in fee_months:
            plan.append((day(year, month, 28), "FEE", Decimal("-35.00"), "LATE FEE", None))
            spent += 35
        bills[after] = spent
        plan.append((day(*after, 25), "PAYMENT", spent, "PAYMENT THANK YOU", None))
    return moves(plan), bills


def savings(seed, deposit):
    dice, plan, balance = Dice(seed), [], Decimal("4000.00")
    for year, month in MONTHS:
        plan.append((day(year, month, 5), "XFER", deposit, "TRANSFER FROM CHECKING", None))
        balance += deposit
        interest = (balance * Decimal("0.042") / 12).quantize(Decimal("0.01"))
        plan.append((day(year, month, 31), "INT", interest, "INTEREST PAID", "APY 4.28%"))
        balance += interest
        if dice.below(7) == 0:
            plan.append((day(year, month, 17), "XFER", -deposit * 2, "TRANSFER TO CHECKING", None))
            balance -= deposit * 2
    return moves(plan)


def bob_checking():
    dice, plan = Dice(5), []
    for year, month in MONTHS:
        plan += [
            (day(year, month, 2), "DIRECTDEP", Decimal("3984.10"), "CONTOSO ROBOTICS INC", "PAYROLL"),
            (day(year, month, 3), "DIRECTDEBIT", Decimal("-2280.00"), "MAPLE HOME LENDING", "MORTGAGE"),
            (day(year, month, 7), "XFER", Decimal("-400.00"), "BROKERAGE CONTRIBUTION", None),
            (day(year, month, 8 + dice.below(15)), "POS", -dice.cents(30, 240), dice.one_of(CARD_SHOPS)[0].replace("É", "E"), None),
            (day(year, month, 24), "PAYMENT", -dice.cents(60, 95), "LAKESIDE WATER & GAS", None),
            (day(year, month, 28), "XFER", Decimal("-350.00"), "TRANSFER TO JOINT SAVINGS", None),
        ]
        for _ in range(3):
            plan.append((day(year, month, 1 + dice.below(28)), "DEBIT", -dice.cents(40, 260), "RIVERTON COOP", "CARD"))
    return moves(plan)


def total(start, moved):
    return start + sum((move[3] for move in moved), Decimal(0))


# OFX

HEADER_1 = "\r\n".join([
    "OFXHEADER:100", "DATA:OFXSGML", "VERSION:102", "SECURITY:NONE", "ENCODING:USASCII", "CHARSET:1252",
    "COMPRESSION:NONE", "OLDFILEUID:NONE", "NEWFILEUID:NONE", "", "",
])
HEADER_2 = (
    '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
    '<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
)


def escape(text):
    return str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Writer:
    """Writes elements as version 1 (values without end tags) or 2 (indented XML)."""

    def __init__(self, version):
        self.version, self.lines, self.depth = version, [], 0

    def value(self, name, value):
        if value is None:
            return
        if self.version == 1:
            self.lines.append(f"<{name}>{escape(value)}")
        else:
            self.lines.append(f"{'  ' * self.depth}<{name}>{escape(value)}</{name}>")

    def values(self, **values):
        for name, value in values.items():
            self.value(name, value)

    def aggregate(self, name, content):
        indent = "" if self.version == 1 else "  " * self.depth
        self.lines.append(f"{indent}<{name}>")
        self.depth += 1
        content()
        self.depth -= 1
        self.lines.append(f"{indent}</{name}>")

    def status(self):
        self.aggregate("STATUS", lambda: self.values(CODE=0, SEVERITY="INFO"))

    def save(self, path):
        path = HERE / path
        path.parent.mkdir(exist_ok=True)
        if self.version == 1:
            path.write_bytes((HEADER_1 + "\r\n".join(self.lines) + "\r\n").encode("cp1252"))
        else:
            path.write_bytes((HEADER_2 + "\n".join(self.lines) + "\n").encode("utf-8"))


def time(date, version):
    return f"{date:%Y%m%d}120000.000[-5:EST]" if version == 1 else f"{date:%Y%m%d}120000"


def ofx(path, version, message_set, wrapper, statement, content):
    out = Writer(version)

    def sign_on():
        out.status()
        out.values(DTSERVER=time(LAST, version), LANGUAGE="ENG")
        out.aggregate("FI", lambda: out.values(ORG="First Example Bank", FID=99001))

    def answer():
        out.value("TRNUID", 1)
        out.status()
        out.aggregate(statement, lambda: content(out))

    def whole():
        out.aggregate("SIGNONMSGSRSV1", lambda: out.aggregate("SONRS", sign_on))
        out.aggregate(message_set, lambda: out.aggregate(wrapper, answer))
        if message_set == "INVSTMTMSGSRSV1":
            out.aggregate("SECLISTMSGSRSV1", lambda: out.aggregate("SECLIST", lambda: securities(out)))

    out.aggregate("OFX", whole)
    out.save(path)


def bank_moves(out, moved):
    def one(fitid, date, kind, amount, name, memo=None, check=None, sic=None):
        out.values(TRNTYPE=kind, DTPOSTED=time(date, out.version), TRNAMT=f"{amount:.2f}", FITID=fitid, CHECKNUM=check,
                   SIC=sic, NAME=name, MEMO=memo)

    out.values(DTSTART=f"{moved[0][1]:%Y%m%d}", DTEND=f"{LAST:%Y%m%d}")
    for move in moved:
        out.aggregate("STMTTRN", lambda: one(*move))


def balances(out, ledger, available):
    out.aggregate("LEDGERBAL", lambda: out.values(BALAMT=f"{ledger:.2f}", DTASOF=time(LAST, out.version)))
    out.aggregate("AVAILBAL", lambda: out.values(BALAMT=f"{available:.2f}", DTASOF=time(LAST, out.version)))


def bank_statement(path, version, number, kind, moved, start):
    def content(out):
        out.value("CURDEF", "USD")
        out.aggregate("BANKACCTFROM", lambda: out.values(BANKID=ROUTING, ACCTID=number, ACCTTYPE=kind))
        out.aggregate("BANKTRANLIST", lambda: bank_moves(out, moved))
        balances(out, total(start, moved), total(start, moved))

    ofx(path, version, "BANKMSGSRSV1", "STMTTRNRS", "STMTRS", content)


def card_statement(path, version, number, moved, limit):
    def content(out):
        out.value("CURDEF", "USD")
        out.aggregate("CCACCTFROM", lambda: out.values(ACCTID=number))
        out.aggregate("BANKTRANLIST", lambda: bank_moves(out, moved))
        owed = total(Decimal(0), moved)
        balances(out, owed, limit + owed)

    ofx(path, version, "CREDITCARDMSGSRSV1", "CCSTMTTRNRS", "CCSTMTRS", content)


# Brokerage

FUND = ("99X000001", "Example Total Market Index Fund", "EXTMX", "MFINFO", Decimal("104.20"))
STOCK = ("99X000002", "Northwind Turbines Inc", "NWTX", "STOCKINFO", Decimal("41.75"))
BOND = ("99X000003", "Example County Water Bond 3.5% 2034", None, "DEBTINFO", Decimal("98.10"))


def security_id(out, security):
    out.aggregate("SECID", lambda: out.values(UNIQUEID=security[0], UNIQUEIDTYPE="CUSIP"))


def securities(out):
    def info(security):
        security_id(out, security)
        out.values(SECNAME=security[1], TICKER=security[2])

    def one(security):
        out.aggregate("SECINFO", lambda: info(security))
        if security is FUND:
            out.values(MFTYPE="OPENEND", YIELD="1.42")
        elif security is STOCK:
            out.values(STOCKTYPE="COMMON", YIELD="2.10")
        else:
            out.values(PARVALUE="1000.00", DEBTTYPE="COUPON", DEBTCLASS="MUNICIPAL", COUPONRT="3.5", DTMAT="20340601")

    for security in (FUND, STOCK, BOND):
        out.aggregate(security[3], lambda: one(security))


def brokerage(path, number):
    dice = Dice(9)
    held = {FUND: Decimal("120.000"), STOCK: Decimal(60), BOND: Decimal(5)}
    cash = Decimal("350.00")
    events = []
    for index, (year, month) in enumerate(MONTHS):
        date = day(year, month, 9)
        if date > LAST:
            break
        price = (Decimal(86) + Decimal(index) * Decimal("0.75") + dice.cents(0, 3)).quantize(Decimal("0.01"))
        units = (Decimal(390) / price).quantize(Decimal("0.001"))
        cost = (units * price).quantize(Decimal("0.01"))
        events.append(("cash", day(year, month, 7), Decimal("400.00")))
        events.append(("buy", date, FUND, units, price, cost))
        held[FUND] += units
        cash += Decimal(400) - cost
        if month % 3 == 0:
            dividend = (held[STOCK] * Decimal("0.22")).quantize(Decimal("0.01"))
            events.append(("income", day(year, month, 15), STOCK, dividend))
            cash += dividend
    sold, proceeds = Decimal(10), Decimal("412.05")
    events.append(("sell", datetime.date(2026, 6, 3), STOCK, sold, Decimal("41.70"), proceeds))
    held[STOCK] -= sold
    cash += proceeds
    events.sort(key=lambda event: event[1])

    def about(out, number, date):
        out.values(FITID=f"BK{date:%Y%m%d}{number:03}", DTTRADE=time(date, 1))
        out.value("DTSETTLE", time(date + datetime.timedelta(days=1), 1))

    def trade(out, number, event):
        kind, date, security, units, price, amount = event
        sign = -1 if kind == "buy" else 1
        out.aggregate("INVTRAN", lambda: about(out, number, date))
        security_id(out, security)
        out.values(UNITS=-sign * units, UNITPRICE=price)
        if kind == "sell":
            out.value("COMMISSION", "4.95")
        out.values(TOTAL=f"{sign * amount:.2f}", SUBACCTSEC="CASH", SUBACCTFUND="CASH")

    def write(out, number, event):
        if event[0] == "cash":
            def move():
                out.values(TRNTYPE="DEP", DTPOSTED=time(event[1], 1), TRNAMT=f"{event[2]:.2f}",
                           FITID=f"BK{event[1]:%Y%m%d}{number:03}", NAME="CONTRIBUTION")

            def wrapped():
                out.aggregate("STMTTRN", move)
                out.value("SUBACCTFUND", "CASH")

            out.aggregate("INVBANKTRAN", wrapped)
        elif event[0] == "income":
            def income():
                out.aggregate("INVTRAN", lambda: about(out, number, event[1]))
                security_id(out, event[2])
                out.values(INCOMETYPE="DIV", TOTAL=event[3], SUBACCTSEC="CASH", SUBACCTFUND="CASH")

            out.aggregate("INCOME", income)
        else:
            def order():
                out.aggregate("INVBUY" if event[0] == "buy" else "INVSELL", lambda: trade(out, number, event))
                out.value("BUYTYPE" if event[0] == "buy" else "SELLTYPE", event[0].upper())

            name = {("buy", FUND): "BUYMF", ("sell", STOCK): "SELLSTOCK"}[event[0], event[2]]
            out.aggregate(name, order)

    def position(out, security):
        def content():
            security_id(out, security)
            value = (held[security] * security[4] * (10 if security is BOND else 1)).quantize(Decimal("0.01"))
            out.values(HELDINACCT="CASH", POSTYPE="LONG", UNITS=held[security], UNITPRICE=security[4], MKTVAL=value,
                       DTPRICEASOF=time(LAST, 1))

        out.aggregate("INVPOS", content)

    def positions(out):
        for security, name in ((FUND, "POSMF"), (STOCK, "POSSTOCK"), (BOND, "POSDEBT")):
            out.aggregate(name, lambda: position(out, security))

    def transactions(out):
        out.values(DTSTART=f"{events[0][1]:%Y%m%d}", DTEND=f"{LAST:%Y%m%d}")
        for number, event in enumerate(events, 1):
            write(out, number, event)

    def cash_balance(out):
        out.values(AVAILCASH=f"{cash:.2f}", MARGINBALANCE="0", SHORTBALANCE="0")

    def content(out):
        out.values(DTASOF=time(LAST, 1), CURDEF="USD")
        out.aggregate("INVACCTFROM", lambda: out.values(BROKERID="example-securities.test", ACCTID=number))
        out.aggregate("INVTRANLIST", lambda: transactions(out))
        out.aggregate("INVPOSLIST", lambda: positions(out))
        out.aggregate("INVBAL", lambda: cash_balance(out))

    ofx(path, 1, "INVSTMTMSGSRSV1", "INVSTMTTRNRS", "INVSTMTRS", content)


# FDX

def number(amount):
    return float(amount)


def loan(account_id, first, payment, rate, principal, term, **more):
    """A loan with a payment each month on the 10th, and its transactions."""
    transactions, paid_this_year, balance = [], Decimal(0), principal
    last = None
    for index in range(term):
        date = day(first.year + (first.month - 1 + index) // 12, (first.month - 1 + index) % 12 + 1, 10)
        if date > LAST:
            break
        interest = (balance * rate / 1200).quantize(Decimal("0.01"))
        balance -= payment - interest
        last = date
        if date.year == LAST.year:
            paid_this_year += interest
        if date < day(*MONTHS[0], 1):
            continue
        transactions.append({
            "accountCategory": "LOAN_ACCOUNT", "transactionId": f"{account_id}-{date:%Y%m}", "status": "POSTED",
            "postedTimestamp": f"{date}T12:00:00.000Z", "transactionTimestamp": f"{date}T12:00:00.000Z",
            "description": "Loan payment", "debitCreditMemo": "CREDIT", "amount": number(payment),
            "transactionType": "PAYMENT",
            "paymentDetails": {"principalAmount": number(payment - interest), "interestAmount": number(interest)},
        })
    maturity = day(first.year + (first.month - 1 + term - 1) // 12, (first.month - 2 + term) % 12 + 1, 10)
    account = {
        "accountCategory": "LOAN_ACCOUNT", "accountId": account_id, "status": "OPEN", "balanceType": "LIABILITY",
        "currency": {"currencyCode": "USD"}, "accountOpenDate": str(first), "originatingDate": str(first),
        "balanceAsOf": f"{LAST}T12:00:00.000Z", "principalBalance": number(balance),
        "originalPrincipal": number(principal), "loanTerm": term, "totalNumberOfPayments": term,
        "nextPaymentAmount": number(payment), "nextPaymentDate": "2026-12-10", "paymentFrequency": "MONTHLY",
        "lastPaymentAmount": number(payment), "lastPaymentDate": str(last), "maturityDate": str(maturity),
        "interestPaidYearToDate": number(paid_this_year), "annualPercentageRate": number(rate),
        "chargedInterest": {"rate": number(rate), "type": "FIXED", "compoundingPeriod": "MONTHLY"},
    }
    return {"account": account | more, "transactions": transactions}


def holder(first, last, relationship, born, tax_id, street, city, region, postal_code, phone):
    return {
        "relationship": relationship, "type": "CONSUMER", "name": {"first": first, "last": last},
        "customerId": f"customer-{first.lower()}", "dateOfBirth": born, "taxId": tax_id, "taxIdCountry": "US",
        "emails": [f"{first.lower()}.{last.lower()}@example.com"],
        "addresses": [{"line1": street, "city": city, "region": region, "postalCode": postal_code, "country": "US",
                       "type": "HOME", "primary": True}],
        "telephones": [{"type": "PERSONAL", "country": "1", "number": phone, "network": "CELLULAR", "primary": True}],
    }


ALICE = ("Alice", "Archer", "1991-04-17", "987-65-4320", "12 Harbor Road", "Westport", "OR", "97001", "5035550114")
BOB = ("Bob", "Baker", "1984-09-02", "987-65-4321", "7 Maple Court", "Riverton", "MN", "55001", "6125550127")
CAROL = ("Carol", "Carver", "1986-12-30", "987-65-4322", "7 Maple Court", "Riverton", "MN", "55001", "6125550131")


def contact(*holders):
    people = [holder(*person[:2], relationship, *person[2:]) for person, relationship in holders]
    first = people[0]
    return {"holders": people, "emails": first["emails"], "addresses": first["addresses"], "telephones": first["telephones"]}


def networks(account_number):
    limits = {"out": {"day": {"transferMaxAmount": 5000, "transferRemainingAmount": 5000},
                      "transaction": {"transferMaxAmount": 2500}}}
    common = {"bankId": ROUTING, "identifier": account_number, "identifierType": "ACCOUNT_NUMBER", "transferIn": True}
    return [
        common | {"type": "US_ACH", "transferOut": True},
        common | {"type": "US_RTP", "transferOut": True, "supportsRequestForPayment": True, "transferLimits": limits},
    ]


def bank_extra(account_number, who, pays=True):
    entry = {"identifiedBy": {"bankId": ROUTING, "accountNumber": account_number}, "contact": who}
    return entry | {"paymentNetworks": networks(account_number)} if pays else entry


def write(path, content):
    text = json.dumps(content, indent=2, ensure_ascii=False)
    (HERE / path).write_text(text + "\n", encoding="utf-8")


def fdx(path, *accounts):
    write(path, {"accounts": list(accounts)})


def consumer(user, person, middle, **claims):
    """Who they are to the bank: an FDX customer, and what FDX has no words for."""
    record = holder(*person[:2], None, *person[2:])
    del record["relationship"]
    record["customerId"] = f"customer-{user}"
    record["name"] = {"first": person[0], "middle": middle, "last": person[1]}
    addresses = {
        "profile": f"https://people.example.com/{user}",
        "picture": f"https://people.example.com/{user}.png",
        "website": f"https://{user}.example.com/",
    }
    preferred = f"{user}.{person[1].lower()}"
    claims = {"email_verified": True, "preferred_username": preferred} | claims | addresses
    write(f"{user}/customer.json", {"consumer": {"customer": record, "claims": claims}})


def main():
    sole = "SOLE_OWNER"
    consumer("alice", ALICE, "Marie", phone_number_verified=True, nickname="Ali", gender="female", locale="en-US",
             zoneinfo="America/Los_Angeles")
    consumer("bob", BOB, "James", phone_number_verified=True, nickname="Bobby", gender="male", locale="en-US",
             zoneinfo="America/Chicago")
    consumer("carol", CAROL, "Ann", phone_number_verified=False, nickname="Caz", gender="female", locale="es-US",
             zoneinfo="America/Chicago")
    alice_card, bills = card(2, 8, fee_months=(7,))
    bank_statement("alice/checking.ofx", 1, "100200300401", "CHECKING", alice_checking(bills), Decimal("1830.25"))
    card_statement("alice/card.ofx", 1, "4000990000001234", alice_card, Decimal(5000))
    bank_statement("alice/savings.ofx", 2, "100200300402", "SAVINGS", savings(3, Decimal("400.00")), Decimal("4000.00"))
    alice = contact((ALICE, sole))
    fdx(
        "alice/loan-and-contacts.json",
        loan("auto-loan-7f3c", datetime.date(2023, 3, 10), Decimal("312.44"), Decimal("5.4"), Decimal("16400.00"), 60,
             accountType="AUTOLOAN", productName="Auto loan", nickname="The car", accountNumberDisplay="****7712",
             loanProviderName="First Example Auto Finance") | {"contact": alice},
        bank_extra("100200300401", alice),
        bank_extra("100200300402", alice),
        {"identifiedBy": {"cardNumber": "4000990000001234"}, "contact": alice},
    )

    bank_statement("bob/checking.ofx", 2, "200300400501", "CHECKING", bob_checking(), Decimal("2450.00"))
    brokerage("bob/brokerage.ofx", "XB-5550171")
    joint = savings(6, Decimal("350.00"))
    for user in ("bob", "carol"):
        bank_statement(f"{user}/joint-savings.ofx", 2, "200300400777", "SAVINGS", joint, Decimal("4000.00"))
    both = contact((BOB, "PRIMARY_JOINT"), (CAROL, "SECONDARY_JOINT"))
    fdx(
        "bob/networks-and-contacts.json",
        bank_extra("200300400501", contact((BOB, sole))),
        bank_extra("200300400777", both),
        {
            "identifiedBy": {"brokerId": "example-securities.test", "accountNumber": "XB-5550171"},
            "contact": contact((BOB, sole)),
            "assetTransferNetworks": [{
                "identifier": "XB-5550171", "identifierType": "ACCOUNT_NUMBER", "institutionName": "Example Securities",
                "institutionId": "9999", "type": "US_ACATS", "jointAccount": False,
            }],
        },
    )

    carol_card, _ = card(8, 5)
    card_statement("carol/card.ofx", 2, "4000990000005678", carol_card, Decimal(3500))
    fdx(
        "carol/loan-and-contacts.json",
        loan("student-loan-19ae", datetime.date(2019, 9, 10), Decimal("224.07"), Decimal("4.3"), Decimal("21900.00"), 120,
             accountType="STUDENTLOAN", productName="Student loan", accountNumberDisplay="****0448",
             currentSchool="Riverton State University", loanProviderName="First Example Education Finance")
        | {"contact": contact((CAROL, sole))},
        bank_extra("200300400777", both),
        {"identifiedBy": {"cardNumber": "4000990000005678"}, "contact": contact((CAROL, sole))},
    )


main()
