"""Each lint catches its fault, and leaves the right form alone."""

import pytest

from tests.house.typography import ending, faults, pair_faults, source_faults

WRONG_AND_RIGHT = [
    ("en", "Loading...", "Loading…", "three full stops"),
    ("en", 'Select "Help".', "Select “Help”.", "straight ones"),
    ("en", "You can't.", "You can’t.", "apostrophe ’"),
    ("en", "Two  spaces.", "One space.", "double space"),
    ("en", " Saved", "Saved", "spaces at the ends"),
    ("en", "Read the <b>guide.", "Read the <b>guide</b>.", "close the tag <b>"),
    ("en", "<b><i>Now</b></i>", "<b><i>Now</i></b>", "order they were opened"),
    ("fr", "Fermer ce ticket ?", "Fermer ce ticket\u202f?", "before ; ! ?"),
    ("fr", "Bonjour!", "Bonjour\u202f!", "before ; ! ?"),
    ("fr", "Attendez\u00a0; merci", "Attendez\u202f; merci", "before ; ! ?"),
    ("fr", "« Aide »", "«\u202fAide\u202f»", "inside « and »"),
    ("fr", "Erreur :", "Erreur\u00a0:", "before the colon"),
    ("fr", "Erreur:", "Voir https://example.org à 14:05", "before the colon"),
    ("fr", "Choisis ton fichier", "Choisissez votre fichier", "say vous"),
    ("fr", "d'abord", "d’abord", "apostrophe ’"),
    ("fr", "“Aide”", "«\u202fAide\u202f»", "« » in French"),
    ("fr", "Chargement …", "Chargement…", "without a space before it"),
    ("fr", "Ticket n° 7", "Ticket n°\u00a07", "after n°"),
    ("es", "Cerrar?", "¿Cerrar?", "¿ and each exclamation"),
    ("es", "Hecho!", "¡Hecho!", "¿ and each exclamation"),
    ("es", "Escriba su nombre", "Escribe tu nombre", "never usted"),
    ("es", "Inténtelo de nuevo.", "Inténtalo de nuevo.", "form of tú"),
    ("es", "« Ayuda »", "«Ayuda»", "without spaces inside"),
    ("es", "Ticket n.º 7", "Ticket n.º\u00a07", "after n.º"),
    ("sv", "Vänligen logga in.", "Logga in.", "leave vänligen out"),
    ("sv", "Har Ni glömt lösenordet?", "Har du glömt lösenordet?", "never ni"),
    ("sv", "Nu är det Din tur.", "Nu är det din tur. Du är näst.", "lower case"),
    ("sv", "“Hjälp”", "”Hjälp”", "” ” in Swedish"),
    ("sv", "«Hjälp»", "”Hjälp”", "” ” in Swedish"),
    ("sv", "Laddar…", "Laddar\u00a0…", "before … in Swedish"),
    ("sv", "Ärende nr 7", "Ärende nr\u00a07", "after nr"),
]

WRONG_AND_RIGHT_PAIRS = [
    ("Hello %(name)s", "Bonjour %(nom)s", "Bonjour %(name)s", "placeholders"),
    ("%(num)d files", "%(num)s filer", "%(num)d filer", "placeholders"),
    ("100%% done", "100 klart", "100\u00a0%% klart", "placeholders"),
    ("Read <b>this</b>", "Läs detta", "Läs <b>detta</b>", "the tags"),
    ("Saved.", "Sparat", "Sparat.", "end it as the English does: ."),
    ("Saved", "Sparat.", "Sparat", "without a sign"),
    ("Error:", "Fel", "Fel:", "end it as the English does: :"),
    ("Enter your name...", "Ange ditt namn.", "Ange ditt namn\u00a0…", "end it as the English does: …"),
    ("A PDF file", "Un fichier", "Un fichier PDF", "keep “PDF”"),
    ("Your %(org)s ID", "Ditt dōTERRA-ID", "Ditt %(org)s-ID", "keep “%(org)s”"),
    ("“English - Help”", "«Inglés - Ayuda»", "«Español - Ayuda»", "title prefix"),
]


@pytest.mark.parametrize(("language", "wrong", "right", "advice"), WRONG_AND_RIGHT)
def test_a_lint_catches_its_fault_and_lets_the_right_form_pass(language: str, wrong: str, right: str, advice: str):
    assert any(advice in fault for fault in faults(language, wrong))
    assert faults(language, right) == []


@pytest.mark.parametrize(("msgid", "wrong", "right", "advice"), WRONG_AND_RIGHT_PAIRS)
def test_a_translation_is_held_against_its_source(msgid: str, wrong: str, right: str, advice: str):
    assert any(advice in fault for fault in pair_faults(msgid, wrong))
    assert pair_faults(msgid, right) == []


def test_only_the_texts_of_the_guides_keep_their_three_full_stops():
    assert source_faults("Enter your name...") == []
    assert source_faults("Enter your town...") != []


@pytest.mark.parametrize(("text", "sign"), [("Help", ""), ("«\u202fAide.\u202f»", "."), ("(Stop!)", "!"), ("", "")])
def test_the_ending_is_the_sign_before_quotation_marks_and_brackets(text: str, sign: str):
    assert ending(text) == sign
