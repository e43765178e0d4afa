"""Small word lists of our own, English and German: stop words, letter phrases, moods."""

from __future__ import annotations

from typing import Final


def word_set(text: str) -> frozenset[str]:
    """The words of a text, each once; for lists of words in the source."""
    return frozenset(text.split())


ENGLISH: Final = word_set(
    """
    a about above after again all also am an and any are aren as at be because been before being
    both but by can cannot could couldn did didn do does doesn doing don down during each either
    else ever every few for from further get gets getting give given go going got had hadn has hasn
    have haven having he her here hers him his how however i if in into is isn it its itself just
    let ll me might mine more most much must my myself need needs neither no nor not now of off on
    once one only or other others our ours out over own per quite re really same shall she should
    since so some such than that the their theirs them then there these they this those though
    through thus to too under until up upon us ve very via was wasn we well were weren what when
    where whether which while who whom why will with within without won would wouldn yet you your
    yours two three four five six seven
"""
)

GERMAN: Final = word_set(
    """
    ab aber alle allem allen aller alles als also am an andere anderen anderer anderes auch auf aus
    bei beim bereits bin bis bzw da dabei dadurch dafür daher damit danach dann daran darauf darüber
    das dass dazu dein deine dem den denn der deren derzeit des deshalb dessen die dies diese diesem
    diesen dieser dieses doch dort du durch ein eine einem einen einer eines einige einigen er es
    etwa etwas euch euer eure falls für gegen gegenüber habe haben hat hatte hatten hier hin hinter
    ich ihm ihn ihnen ihr ihre ihrem ihren ihrer ihres im in indem ins insbesondere ist ja jede
    jedem jeden jeder jedes jedoch jetzt kann kannst kein keine keinem keinen keiner können könnte
    könnten man mehr mehrere mehreren mein meine meinem meinen meiner mich mir mit möchte möchten
    muss müssen nach nachdem nicht nichts noch nun nur ob obwohl oder ohne sehr sein seine seinem
    seinen seiner seit seitdem sich sie sind so sobald sodass sofern sogar solche sollte sollten
    sondern sowie sowohl statt trotz über um und uns unser unsere unserem unseren unserer unseres
    unter vom von vor war waren warum was weder wegen weil welche welchem welchen welcher welches
    wenn wer werde werden wie wieder will wir wird wo wobei wodurch wollen worden wurde wurden
    während zu zum zur zwar zwischen zwei drei vier fünf
"""
)

LETTER: Final = word_set(
    """
    advance appreciate appreciated assist assistance attention best contacting dear feel finds
    forward free greetings guidance happy hello help hesitate hey hi hope kind kindly know like look
    looking message note please prompt reach reaching regarding regards reply request requesting
    respond response sincerely sir soon support team thank thanks thx today want wanted would
    writing yours anfrage antwort anliegen bedanke bedanken beste besten bitte bitten damen danke
    dank einfach ersuche freue freuen freundliche freundlichen freundlicher geehrte geehrten
    geehrter gern gerne gruß grüße grüßen gruss grüsse guten hallo heute herren herzliche herzlichen
    hilfe hinsichtlich hoffe hoffen kontaktiere kundendienst kundenservice kundensupport lassen
    liebe lieber nachricht rückmeldung schreibe sagen schnell teilen tag unterstützung vielen voraus
    wissen wäre wären würde würden zusammenhang
"""
)

NEGATION: Final = word_set(
    """
    no not never nor neither without don doesn didn cannot isn wasn won nicht kein keine keinen
    keiner nie ohne
"""
)

NEGATIVE: Final = word_set(
    """
    abandoned abnormal afraid alarming angry annoyed annoying anxious awful bad blocked blocks
    broken bug buggy bugs cancel cannot chaos charged complain complaint complaints concern
    concerned concerning confused confusing corrupted crash crashed crashes crashing critical damage
    damaged dead declined defect defective degraded delay delayed delays denied difficult
    difficulties disappointed disappointing disappointment disconnected disconnects disruption
    disruptions disrupted down duplicate error errors escalate expired fail failed failing fails
    failure failures fault faulty freezes frozen frustrated frustrating frustration garbage hacked
    hate horrible impacted impossible inaccessible incorrect inconvenience interrupted interruption
    interruptions issue issues lag late locked lose losing lost malfunction miss missing nightmare
    outage outages outrageous overcharged pathetic poor poorly problem problems refund refused
    rejected risk severe severely slow sluggish stopped stuck suspicious terrible timeout timeouts
    twice unable unacceptable unauthorized unavailable unexpected unfortunately unhappy unreliable
    unresponsive unstable unusable unresolved upset urgent useless vulnerabilities vulnerability
    worried worse worst wrong abbruch abbrüche abgelehnt abgestürzt ablehnung absturz abstürze ärger
    ärgerlich ärgert ausfall ausfälle ausgefallen beeinträchtigt beeinträchtigung beeinträchtigungen
    beschädigt beschwerde besorgt blockiert defekt doppelt dringend einschränkung eingefroren
    enttäuscht enttäuschend fehler fehlerhaft fehlermeldung fehlermeldungen fehlgeschlagen fehlt
    frust frustriert frustrierend funktionsstörung gefahr gesperrt gestört hängt inakzeptabel
    katastrophe kaputt kritisch kritische kündigen langsam leider mangelhaft nervt probleme
    problemen risiko scheitert schlecht schlechte schlimm schwerwiegend sicherheitsvorfall sorge
    sorgen störung störungen unbefugt unbrauchbar unerreichbar unerwartet unmöglich unterbrechung
    unterbrechungen unterbrochen unverschämt unzufrieden vergeblich verloren verlust verspätet
    verspätung verzögerung verzögerungen vorfall wütend zusammenbruch
"""
)

POSITIVE: Final = word_set(
    """
    amazing awesome brilliant delighted easy excellent excited fantastic fast fixed friendly glad
    good grateful great helpful impressed improved intuitive love loved nice outstanding perfect
    perfectly pleasant pleased pleasure recommend reliable resolved satisfied smooth smoothly solved
    stable success successful successfully superb terrific thrilled valuable wonderful works
    ausgezeichnet begeistert dankbar einwandfrei empfehlen empfehlenswert erfolgreich erfreulich
    erfreut exzellent fantastisch freundlich froh gefällt gelöst glücklich großartig gut gute guter
    hervorragend hilfreich klasse lobenswert perfekt praktisch prima reibungslos schön stabil super
    toll wunderbar zufrieden zuverlässig
"""
)

STOP: Final = ENGLISH | GERMAN | LETTER
