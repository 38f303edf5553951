"""What people write in test data: sentences in the four languages, and words of which is known how often they occur."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from helpdesk import languages
from helpdesk.tickets.search import fold

# One ticket in so many has the word, exactly: one of each block of so many tickets.
ONE_IN = {"turmalin": 10, "beryl": 100, "obsidian": 1_000, "rhodonit": 10_000}
RARE, FREQUENT = "obsidian", "turmalin"
# Of the second English sentence.
PHRASE = '"payment page"'
SENTENCES_EACH = 3

TITLES = {
    "en": (
        "The order cannot be processed", "The cart is empty after signing in", "No e-mail with the confirmation",
        "Error message while paying by card", "I cannot change my address", "The report does not open",
        "My name is spelled wrong on the invoice", "The page stays blank on the telephone",
    ),
    "fr": (
        "La commande ne peut pas être traitée", "Le panier est vide après la connexion", "Aucun e-mail de confirmation",
        "Message d’erreur au paiement par carte", "Impossible de modifier mon adresse", "Le rapport ne s’ouvre pas",
        "Mon nom est mal écrit sur la facture", "La page reste blanche sur le téléphone",
    ),
    "sv": (
        "kan inte bearbeta beställning", "Varukorgen är tom efter inloggning", "Inget mejl med bekräftelsen",
        "Felmeddelande när jag betalar med kort", "Jag kan inte ändra min adress", "Rapporten öppnas inte",
        "Mitt namn är felstavat på fakturan", "Sidan förblir tom på telefonen",
    ),
    "es": (
        "No puedo procesar el pedido", "El carrito está vacío después de iniciar sesión", "Sin correo de confirmación",
        "Mensaje de error al pagar con tarjeta", "No puedo cambiar mi dirección", "El informe no se abre",
        "Mi nombre está mal escrito en la factura", "La página se queda en blanco en el teléfono",
    ),
}  # fmt: skip
SENTENCES = {
    "en": (
        "It stops after I choose the card, in Firefox and on the telephone.",
        "The payment page stays blank and nothing more happens.", "It worked last week, and I have changed nothing.",
        "I have tried it again this morning with another browser.", "The message only says that something went wrong.",
        "My colleague in the same office has no such problem.", "Please tell me what I can do until it is mended.",
        "The number of the order is on the picture that I send.", "I have signed out and in again, without success.",
        "The download begins and then ends at once.", "I have been waiting for the parcel for nine days.",
        "Thank you, the problem is solved now.",
    ),
    "fr": (
        "La page s’arrête quand je choisis la carte, avec Firefox et sur le téléphone.",
        "La page de paiement reste blanche et rien ne se passe.", "La semaine dernière, tout fonctionnait encore.",
        "J’ai réessayé ce matin avec un autre navigateur.", "Le message dit seulement qu’une erreur s’est produite.",
        "Ma collègue n’a pas ce problème dans le même bureau.", "Dites-moi ce que je peux faire en attendant.",
        "Le numéro de la commande est sur l’image que j’envoie.", "Je me suis déconnecté puis reconnecté, sans succès.",
        "Le téléchargement commence et s’interrompt aussitôt.", "J’attends le colis depuis neuf jours.",
        "Merci, la question est résolue maintenant.",
    ),
    "sv": (
        "Det tar stopp när jag väljer kortet, både i Firefox och på telefonen.",
        "Betalningssidan förblir tom och inget mer händer.", "Förra veckan fungerade det, och jag har inget ändrat.",
        "I morse försökte jag igen med en annan webbläsare.", "Meddelandet säger bara att något gick fel.",
        "Min kollega på samma kontor har inte det här problemet.", "Vad kan jag göra tills det är lagat?",
        "Beställningens nummer syns på bilden som jag skickar.", "Jag har loggat ut och in igen utan resultat.",
        "Hämtningen börjar och avbryts genast.", "Jag har väntat på paketet i nio dagar.",
        "Tack, problemet är löst nu.",
    ),
    "es": (
        "Se detiene cuando elijo la tarjeta, con Firefox y en el teléfono.",
        "La página de pago se queda en blanco y no pasa nada más.", "La semana pasada funcionaba todavía.",
        "Esta mañana lo he intentado otra vez con otro navegador.", "El mensaje solo dice que algo ha fallado.",
        "Mi compañera de la misma oficina no tiene este problema.", "¿Qué puedo hacer hasta que se arregle?",
        "El número del pedido está en la imagen que envío.", "He cerrado y abierto la sesión de nuevo, sin éxito.",
        "La descarga empieza y se interrumpe enseguida.", "Llevo nueve días esperando el paquete.",
        "Gracias, el problema está solucionado.",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """Something written, and the same as the search index has it: folding it a million times would take minutes."""

    body: str
    folded: str

    @classmethod
    def of(cls, body: str) -> "Text":
        return cls(body, fold(body))

    def __add__(self, other: "Text") -> "Text":
        return Text(f"{self.body} {other.body}", f"{self.folded} {other.folded}")


_titles = {code: [Text.of(title) for title in TITLES[code]] for code in languages.CODES}
_sentences = {code: [Text.of(sentence) for sentence in SENTENCES[code]] for code in languages.CODES}
_known = {word: Text.of(f"{word.title()}.") for word in ONE_IN}


def title(language: str, chance: Random) -> Text:
    """A ticket's title."""
    return _titles[language][int(chance.random() * len(TITLES[language]))]


def some(language: str, chance: Random, sentences: int = SENTENCES_EACH) -> Text:
    """A few sentences, with a code of nine thousand, as error messages have one."""
    known, code = _sentences[language], 1000 + int(chance.random() * 9000)
    text = Text(f"E{code}:", f"e{code}")
    for _ in range(sentences):
        text += known[int(chance.random() * len(known))]
    return text


class Marks:
    """Gives each ticket in turn its words of known frequency."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._place = 0
        self._chosen: dict[str, int] = {}

    def next(self) -> Sequence[Text]:
        """The words of the next ticket: mostly none."""
        marked = []
        for word, block in ONE_IN.items():
            within = self._place % block
            if not within:
                self._chosen[word] = int(self._chance.random() * block)
            if within == self._chosen[word]:
                marked.append(_known[word])
        self._place += 1
        return marked
