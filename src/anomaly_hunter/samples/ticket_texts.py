"""Sentences that the ticket sample is made of: topics of an online shop, in English and German."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Wording:
    """What people write about one topic in one language: a subject, a problem, a detail."""

    subjects: tuple[str, ...]
    problems: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its weight among ordinary tickets and what support files it under."""

    name: str
    weight: float
    service: str
    queue: str
    kinds: tuple[str, ...]
    tags: tuple[str, ...]
    en: Wording
    de: Wording


GREETINGS: Final = {
    "en": ("Hi,", "Hello,", "Dear team,", "Hi there,", "Good morning,", ""),
    "de": ("Hallo,", "Guten Tag,", "Liebes Team,", "Sehr geehrte Damen und Herren,", "Moin,", ""),
}
ASKS: Final = {
    "en": (
        "Can you please look into this?",
        "Please let me know what to do.",
        "How long will this take?",
        "I would appreciate a quick answer.",
        "What are my options?",
        "",
    ),
    "de": (
        "Können Sie das bitte prüfen?",
        "Bitte sagen Sie mir, was ich tun soll.",
        "Wie lange dauert das noch?",
        "Über eine schnelle Antwort würde ich mich freuen.",
        "Was kann ich machen?",
        "",
    ),
}
CLOSINGS: Final = {
    "en": ("Thanks, {name}", "Best regards, {name}", "{name}", "Thank you!", "Kind regards, {name}"),
    "de": (
        "Danke, {name}",
        "Viele Grüße, {name}",
        "{name}",
        "Vielen Dank!",
        "Mit freundlichen Grüßen, {name}",
    ),
}
NAMES: Final = {
    "en": ("Sam", "Priya", "Olu", "Maria", "Jack", "Chen", "Aisha", "Tom", "Ruth", "Diego"),
    "de": ("Jana", "Murat", "Lena", "Karl", "Ines", "Tobias", "Elif", "Greta", "Paul", "Anke"),
}
PRODUCTS: Final = {
    "en": (
        "desk lamp",
        "headphones",
        "coffee grinder",
        "rain jacket",
        "backpack",
        "bike light",
        "office chair",
    ),
    "de": (
        "Schreibtischlampe",
        "Kopfhörer",
        "Kaffeemühle",
        "Regenjacke",
        "Rucksack",
        "Fahrradlampe",
        "Bürostuhl",
    ),
}

TOPICS: Final = (
    Topic(
        "delivery",
        0.27,
        "shipping",
        "Shipping",
        ("Incident", "Request"),
        ("delivery", "tracking"),
        Wording(
            (
                "Where is my parcel?",
                "Delivery of order {order} is late",
                "Tracking stopped",
                "Parcel not delivered",
            ),
            (
                "My {product} from order {order} should have arrived {days} days ago.",
                "The tracking of my parcel has not moved for {days} days.",
                "The courier says the parcel was delivered, but I have nothing.",
                "Delivery was promised for this week and I am still waiting for the parcel.",
            ),
            (
                "I was at home all day.",
                "The neighbours have not seen it either.",
                "The tracking page only says that it is in transit.",
                "I need the {product} as a present.",
            ),
        ),
        Wording(
            (
                "Wo bleibt mein Paket?",
                "Lieferung von Bestellung {order} verspätet",
                "Sendung nicht angekommen",
            ),
            (
                "Die Lieferung zu Bestellung {order} sollte vor {days} Tagen da sein.",
                "Die Sendungsverfolgung zeigt seit {days} Tagen keine Bewegung.",
                "Laut Zusteller wurde das Paket abgegeben, hier ist aber nichts angekommen.",
            ),
            (
                "Ich war den ganzen Tag zu Hause.",
                "Auch die Nachbarn haben das Paket nicht.",
                "Die Sendung steht nur auf unterwegs.",
                "Ich brauche die Ware als Geschenk.",
            ),
        ),
    ),
    Topic(
        "returns",
        0.19,
        "returns",
        "Returns and Exchanges",
        ("Request", "Change"),
        ("return", "exchange"),
        Wording(
            ("Return of order {order}", "Wrong size", "Exchange my {product}", "Return label missing"),
            (
                "I want to send back the {product} because it does not fit.",
                "The {product} arrived with a scratch and I would like to exchange it.",
                "I cannot find the return label for order {order}.",
                "I sent the {product} back {days} days ago and have no confirmation of the return.",
            ),
            (
                "It is unused and in the original box.",
                "A smaller size would be fine.",
                "The label in the parcel cannot be read.",
                "I still have the receipt.",
            ),
        ),
        Wording(
            ("Rücksendung Bestellung {order}", "Falsche Größe", "Umtausch {product}", "Retourenschein fehlt"),
            (
                "Ich möchte den Artikel {product} zurückschicken, weil er nicht passt.",
                "Der Artikel {product} kam mit einem Kratzer an, ich möchte ihn umtauschen.",
                "Der Retourenschein zu Bestellung {order} fehlt.",
                "Meine Rücksendung ist seit {days} Tagen unterwegs und es gibt keine Bestätigung.",
            ),
            (
                "Der Artikel ist unbenutzt und originalverpackt.",
                "Eine Nummer kleiner würde passen.",
                "Der Retourenschein im Karton ist nicht lesbar.",
                "Den Kassenzettel habe ich noch.",
            ),
        ),
    ),
    Topic(
        "account",
        0.18,
        "accounts",
        "Account Access",
        ("Incident", "Request"),
        ("login", "password"),
        Wording(
            (
                "Cannot log in",
                "Password reset mail does not arrive",
                "Account locked",
                "Change my e-mail address",
            ),
            (
                "I cannot log in to my account since I changed my phone.",
                "The password reset mail never arrives, not even in spam.",
                "My account is locked after three attempts to log in.",
                "I would like to change the e-mail address of my account.",
            ),
            (
                "I tried two browsers.",
                "The code from the app is rejected.",
                "My password manager has not changed.",
                "I have used this account for years.",
            ),
        ),
        Wording(
            ("Anmeldung geht nicht", "Passwort zurücksetzen", "Konto gesperrt", "E-Mail-Adresse ändern"),
            (
                "Seit dem Wechsel meines Handys kann ich mich nicht mehr anmelden.",
                "Die E-Mail zum Zurücksetzen des Passworts kommt nicht an.",
                "Mein Konto ist nach drei Versuchen der Anmeldung gesperrt.",
                "Ich möchte die E-Mail-Adresse in meinem Konto ändern.",
            ),
            (
                "Zwei Browser habe ich versucht.",
                "Der Code aus der App wird abgelehnt.",
                "Im Spam-Ordner liegt auch nichts.",
                "Das Konto nutze ich seit Jahren.",
            ),
        ),
    ),
    Topic(
        "billing",
        0.15,
        "billing",
        "Billing and Payments",
        ("Request", "Problem"),
        ("invoice", "voucher"),
        Wording(
            (
                "Invoice for order {order}",
                "Voucher not accepted",
                "VAT on my invoice",
                "Question about my invoice",
            ),
            (
                "I need an invoice with our company address for order {order}.",
                "My voucher is not accepted at the checkout.",
                "The VAT number is missing on the invoice of order {order}.",
                "The invoice for my {product} shows the old price.",
            ),
            (
                "Our accounting needs it this month.",
                "The voucher is valid until the end of the year.",
                "The address in my profile is correct.",
                "A PDF by mail is enough.",
            ),
        ),
        Wording(
            ("Rechnung zu Bestellung {order}", "Gutschein wird nicht angenommen", "Frage zur Rechnung"),
            (
                "Ich benötige eine Rechnung mit unserer Firmenadresse zu Bestellung {order}.",
                "Mein Gutschein wird an der Kasse nicht angenommen.",
                "Auf der Rechnung zu Bestellung {order} fehlt die Umsatzsteuernummer.",
            ),
            (
                "Unsere Buchhaltung braucht sie noch diesen Monat.",
                "Der Gutschein gilt bis Jahresende.",
                "Die Adresse in meinem Profil stimmt.",
                "Ein PDF per E-Mail genügt.",
            ),
        ),
    ),
    Topic(
        "product",
        0.13,
        "catalogue",
        "Product Questions",
        ("Request",),
        ("product", "stock"),
        Wording(
            (
                "Is the {product} back in stock?",
                "Question about the {product}",
                "Spare part for my {product}",
            ),
            (
                "When will the {product} be back in stock?",
                "Does the {product} come in other colours?",
                "Is there a spare part for the {product} that I bought last year?",
                "The manual of the {product} does not say which battery it takes.",
            ),
            (
                "I am looking for the black one.",
                "Your site shows no date.",
                "It is really good, I love mine.",
                "A friend recommended it to me.",
            ),
        ),
        Wording(
            (
                "Wann ist {product} wieder lieferbar?",
                "Frage zum Artikel {product}",
                "Ersatzteil für {product}",
            ),
            (
                "Wann ist der Artikel {product} wieder auf Lager?",
                "Gibt es {product} auch in anderen Farben?",
                "Gibt es ein Ersatzteil für den Artikel {product} vom letzten Jahr?",
            ),
            (
                "Ich suche die schwarze Ausführung.",
                "Auf der Seite steht kein Datum.",
                "Das Produkt ist wirklich toll.",
                "Eine Freundin hat es mir empfohlen.",
            ),
        ),
    ),
    Topic(
        "app",
        0.08,
        "app",
        "Technical Support",
        ("Incident", "Problem"),
        ("app", "bug"),
        Wording(
            ("App crashes", "Wish list disappeared", "Search finds nothing", "App is slow"),
            (
                "The app crashes when I open the wish list.",
                "Since the last update the app is very slow.",
                "The search in the app finds nothing, not even the {product}.",
                "Notifications of the app arrive twice.",
            ),
            (
                "I have the latest version.",
                "Restarting the phone does not help.",
                "On the web site it works.",
                "It started this week.",
            ),
        ),
        Wording(
            ("App stürzt ab", "Merkliste verschwunden", "Suche findet nichts", "App ist langsam"),
            (
                "Die App stürzt ab, sobald ich die Merkliste öffne.",
                "Seit dem letzten Update ist die App sehr langsam.",
                "Die Suche in der App findet nichts, auch nicht {product}.",
            ),
            (
                "Ich habe die neueste Version.",
                "Ein Neustart des Handys hilft nicht.",
                "Auf der Webseite klappt es.",
                "Das ist seit dieser Woche so.",
            ),
        ),
    ),
)

INCIDENT: Final = Topic(
    "double charge",
    0.0,
    "payments",
    "Billing and Payments",
    ("Incident",),
    ("payment", "double charge", "refund"),
    Wording(
        (
            "Charged twice for order {order}",
            "Double charge on my card",
            "Payment failed but money is gone",
            "You took my money twice!",
        ),
        (
            "My card was charged twice for order {order}.",
            "The payment failed with an error, I tried again, and now there are two charges on my card.",
            "I see two payments of the same amount for one {product}.",
            "The checkout said the payment failed, but the money was taken anyway, twice.",
        ),
        (
            "My bank confirms both charges.",
            "I want the second charge refunded today.",
            "This is unacceptable, my account is overdrawn now.",
            "I have only one order confirmation.",
            "The page showed error PAY-502 before.",
        ),
    ),
    Wording(
        (
            "Doppelt abgebucht",
            "Zahlung fehlgeschlagen, Geld trotzdem weg",
            "Bestellung {order} zweimal belastet",
        ),
        (
            "Meine Karte wurde für Bestellung {order} zweimal belastet.",
            "Die Zahlung ist mit einem Fehler abgebrochen, jetzt wurde der Betrag doppelt abgebucht.",
            "Für den Artikel {product} sehe ich zwei Abbuchungen über denselben Betrag.",
            "An der Kasse hieß es, die Zahlung sei fehlgeschlagen, abgebucht wurde trotzdem doppelt.",
        ),
        (
            "Meine Bank bestätigt beide Abbuchungen.",
            "Bitte erstatten Sie die zweite Abbuchung noch heute.",
            "Das ist inakzeptabel, mein Konto ist jetzt im Minus.",
            "Vorher erschien der Fehler PAY-502.",
        ),
    ),
)
