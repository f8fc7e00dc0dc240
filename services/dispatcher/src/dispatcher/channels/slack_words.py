"""The few words that Slack's buttons, form and command add to a message, by language. Pure.

Whoever answers a call by text message reads the same.

A language that is not here reads English, as everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from dispatcher.channels.message import Answer


@dataclass(frozen=True)
class SlackWords:
    """Patterns take ``{name}``. Buttons have at most 75 characters, a form's title 24."""

    confirm: str
    ask: str
    take: str
    decline: str
    has_it: str
    confirmed: str
    form_title: str
    form_label: str
    form_hint: str
    form_send: str
    form_close: str
    form_empty: str
    arrived: str
    passed_on: str
    noted: str
    held: str
    over: str
    not_known: str
    not_now: str
    none_open: str
    told_here: str

    def after(self, taken: bool, held_by: str | None) -> str:
        """What a colleague hears who took it, or passed it on; ``held_by`` has it meanwhile."""
        if taken:
            return self.noted
        return self.held.format(name=held_by) if held_by else self.passed_on

    def button(self, answer: Answer) -> str:
        return {
            Answer.CONFIRM: self.confirm,
            Answer.ASK: self.ask,
            Answer.TAKE: self.take,
            Answer.DECLINE: self.decline,
        }[answer]


WORDS = {
    "en": SlackWords(
        confirm="Got it",
        ask="I have a question",
        take="I take it",
        decline="Pass on",
        has_it="{name} has it",
        confirmed="{name} confirmed",
        form_title="Your question",
        form_label="What would you like to know?",
        form_hint="A person reads it; the answer comes here.",
        form_send="Send",
        form_close="Close",
        form_empty="Please write your question.",
        arrived="Your question arrived. The answer comes here.",
        passed_on="You passed it on. Whoever is next is called.",
        noted="You have it. The others are told.",
        held="Noted. {name} has it.",
        over="The outage is over: there is nothing left to take.",
        not_known="This message belongs to nothing that is still kept.",
        not_now="This could not be saved just now. Please try again in a minute.",
        none_open="No outage is open that this conversation was told of.",
        told_here="Open outages that this conversation was told of:",
    ),
    "de": SlackWords(
        confirm="Gelesen",
        ask="Ich habe eine Frage",
        take="Ich übernehme",
        decline="Weitergeben",
        has_it="{name} hat es übernommen",
        confirmed="{name} hat es gelesen",
        form_title="Ihre Frage",
        form_label="Was möchten Sie wissen?",
        form_hint="Ein Mensch liest sie; die Antwort kommt hierher.",
        form_send="Senden",
        form_close="Schließen",
        form_empty="Bitte schreiben Sie Ihre Frage.",
        arrived="Ihre Frage ist angekommen. Die Antwort kommt hierher.",
        passed_on="Sie haben es weitergegeben. Wer der Nächste ist, wird gerufen.",
        noted="Sie haben es übernommen. Die anderen erfahren es.",
        held="Vermerkt. {name} hat es übernommen.",
        over="Die Störung ist vorbei: Es ist nichts mehr zu übernehmen.",
        not_known="Diese Nachricht gehört zu nichts, was noch aufbewahrt wird.",
        not_now="Das ließ sich gerade nicht speichern. Bitte in einer Minute noch einmal.",
        none_open="Keine Störung ist offen, von der hier berichtet wurde.",
        told_here="Offene Störungen, von denen hier berichtet wurde:",
    ),
    "fr": SlackWords(
        confirm="Bien reçu",
        ask="J’ai une question",
        take="Je m’en charge",
        decline="Passer au suivant",
        has_it="{name} s’en charge",
        confirmed="{name} a bien reçu",
        form_title="Votre question",
        form_label="Que souhaitez-vous savoir ?",
        form_hint="Une personne la lit ; la réponse arrive ici.",
        form_send="Envoyer",
        form_close="Fermer",
        form_empty="Veuillez écrire votre question.",
        arrived="Votre question est arrivée. La réponse arrive ici.",
        passed_on="Vous avez passé la main. La personne suivante est appelée.",
        noted="Vous vous en chargez. Les autres en sont informés.",
        held="C’est noté. {name} s’en charge.",
        over="L’incident est terminé : il n’y a plus rien à prendre en charge.",
        not_known="Ce message ne correspond à rien qui soit encore conservé.",
        not_now="Impossible d’enregistrer pour l’instant. Veuillez réessayer dans une minute.",
        none_open="Aucun incident ouvert n’a été annoncé ici.",
        told_here="Incidents ouverts annoncés ici :",
    ),
    "es": SlackWords(
        confirm="Recibido",
        ask="Tengo una pregunta",
        take="Me encargo",
        decline="Pasar al siguiente",
        has_it="{name} se encarga",
        confirmed="{name} lo ha leído",
        form_title="Su pregunta",
        form_label="¿Qué desea saber?",
        form_hint="La lee una persona; la respuesta llega aquí.",
        form_send="Enviar",
        form_close="Cerrar",
        form_empty="Escriba su pregunta, por favor.",
        arrived="Su pregunta ha llegado. La respuesta llegará aquí.",
        passed_on="Lo ha pasado. Se avisa a la persona siguiente.",
        noted="Usted se encarga. Se avisa a los demás.",
        held="Anotado. {name} se encarga.",
        over="La incidencia ha terminado: ya no hay nada que asumir.",
        not_known="Este mensaje no corresponde a nada que aún se conserve.",
        not_now="No se ha podido guardar ahora. Inténtelo de nuevo en un minuto.",
        none_open="No hay ninguna incidencia abierta de la que se haya informado aquí.",
        told_here="Incidencias abiertas de las que se ha informado aquí:",
    ),
}


def words_for(locale: str | None) -> SlackWords:
    """``de-CH`` reads German, without ß."""
    tag = (locale or "en").replace("_", "-")
    words = WORDS.get(tag.partition("-")[0].lower(), WORDS["en"])
    return _without_sharp_s(words) if tag.lower() == "de-ch" else words


def _without_sharp_s(words: SlackWords) -> SlackWords:
    """As Swiss German is written."""
    return SlackWords(**{f.name: getattr(words, f.name).replace("ß", "ss") for f in fields(words)})
