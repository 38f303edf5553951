"""Which files are accepted and what they are called, pair by pair."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.files.policy import (
    HEAD_BYTES,
    KINDS,
    MAX_NAME,
    MIB,
    Limits,
    check_name_and_head,
    check_room,
    display_name,
)
from helpdesk.refusals import Invalid

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 20
GIF = b"GIF89a" + b"\0" * 20
WEBP = b"RIFF\x10\0\0\0WEBPVP8 "
PDF = b"%PDF-1.7\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.parametrize(
    ("name", "head", "kind"),
    [
        ("a.png", PNG, "png"),
        ("A.PNG", PNG, "png"),
        ("a.jpg", JPEG, "jpeg"),
        ("a.b.JPEG", JPEG, "jpeg"),
        ("a.gif", GIF, "gif"),
        ("a.gif", b"GIF87a" + b"\0" * 9, "gif"),
        ("a.webp", WEBP, "webp"),
        ("a.pdf", PDF, "pdf"),
        ("a.txt", b"plain", "text"),
        ("a.log", b"\x1b[31m2026-11-21 ERROR\x1b[0m\r\n\tat <main>\n", "text"),
        ("a.txt", "fel: ä ö å €".encode(), "text"),
        ("a.txt", "\ufeffwith a mark".encode(), "text"),
        ("a.txt", "d\xe9j\xe0 vu \x93quoted\x94".encode("latin-1"), "text"),
        ("a.txt", b"<134>Oct 11 22:14:15 syslog line", "text"),
        ("a.txt", b"1 < 2 and <b> later on", "text"),
    ],
)
def test_what_name_and_first_bytes_agree_on_is_accepted(name, head, kind):
    assert check_name_and_head(name, head, len(head)).name == kind


@pytest.mark.parametrize(
    ("name", "head", "code"),
    [
        ("a.svg", SVG, "file_type"),
        ("a.svgz", b"\x1f\x8b", "file_type"),
        ("a.png", SVG, "file_unreadable"),
        ("a.txt", SVG, "file_type"),
        ("a.gif", b"<svg>GIF89a", "file_unreadable"),
        ("a.html", b"<html>", "file_type"),
        ("a.htm", b"hi", "file_type"),
        ("a.xhtml", b"hi", "file_type"),
        ("a.mht", b"hi", "file_type"),
        ("a.xml", b"<?xml?>", "file_type"),
        ("a.txt", b" \r\n\t<!DOCTYPE html>", "file_type"),
        ("a.txt", b"<HTML>", "file_type"),
        ("a.txt", "\ufeff<script>".encode(), "file_type"),
        ("a.txt", b"<?php system('id');", "file_type"),
        ("a.txt", b"<!-- -->", "file_type"),
        ("a.log", b"#!/bin/sh\n", "file_type"),
        ("a.txt", PDF, "file_type"),
        ("a.txt", b"MZ\x90\0\x03", "file_type"),
        ("a.txt", b"\x7fELF\x02\x01\x01\0", "file_type"),
        ("a.txt", PNG, "file_type"),
        ("a.txt", "utf-16".encode("utf-16"), "file_type"),
        ("a.txt", b"undefined \x81 in any western text", "file_type"),
        ("a.exe", b"MZ", "file_type"),
        ("a.png.php", PNG, "file_type"),
        ("a.pht", b"hi", "file_type"),
        (".htaccess", b"hi", "file_type"),
        ("png", PNG, "file_type"),
        ("file", b"hi", "file_type"),
        ("a.zip", b"PK\x03\x04", "file_type"),
        ("a.docx", b"PK\x03\x04", "file_type"),
        ("a.pdf", b"PK\x03\x04", "file_type"),
        ("a.pdf", b"<html>%PDF-", "file_type"),
        ("a.jpg", PNG, "file_unreadable"),
        ("a.png", JPEG, "file_unreadable"),
        ("a.png", b"8BPS\0\x01", "file_unreadable"),
        ("a.png", b"SIMPLE  =", "file_unreadable"),
        ("a.png", b"%!PS-Adobe-3.0 EPSF-3.0", "file_unreadable"),
        ("a.png", b"II*\0", "file_unreadable"),
        ("a.webp", b"RIFF\x10\0\0\0WAVEfmt ", "file_unreadable"),
        ("a.png", b"", "file_empty"),
        ("a.txt", b"", "file_empty"),
        ("a.exe", b"", "file_type"),
    ],
)
def test_everything_else_is_refused_by_name(name, head, code):
    with pytest.raises(Invalid) as refused:
        check_name_and_head(name, head, len(head))
    assert refused.value.code == code
    assert refused.value.params["name"] == name


def test_a_file_of_the_largest_size_is_accepted_and_one_byte_more_is_not():
    assert check_name_and_head("a.png", PNG, 10 * MIB).name == "png"
    with pytest.raises(Invalid) as refused:
        check_name_and_head("a.png", PNG, 10 * MIB + 1)
    assert (refused.value.code, refused.value.params["size"]) == ("file_too_large", 10 * MIB)


def test_a_head_that_ends_within_a_sign_is_text_but_a_file_that_does_is_western_text_at_best():
    head = ("ä" * HEAD_BYTES).encode()[: HEAD_BYTES - 1]
    assert check_name_and_head("a.txt", head, HEAD_BYTES * 2).name == "text"
    with pytest.raises(Invalid):
        check_name_and_head("a.txt", b"\xe4\x81", 2)


@pytest.mark.parametrize(
    ("size", "files", "submission_bytes", "owner_bytes", "code"),
    [
        (1, 4, 0, 0, None),
        (1, 5, 0, 0, "files_too_many"),
        (1, 0, 25 * MIB - 1, 25 * MIB - 1, None),
        (1, 0, 25 * MIB, 25 * MIB, "files_too_large"),
        (1, 0, 0, 200 * MIB - 1, None),
        (1, 0, 0, 200 * MIB, "files_no_room"),
    ],
)
def test_room_ends_exactly_at_the_limits(size, files, submission_bytes, owner_bytes, code):
    room = {"name": "a.png", "size": size, "files": files}
    room |= {"submission_bytes": submission_bytes, "owner_bytes": owner_bytes}
    if code is None:
        check_room(Limits(), **room)
        return
    with pytest.raises(Invalid) as refused:
        check_room(Limits(), **room)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("screen shot.png", "screen shot.png"),
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\boot.png", "boot.png"),
        ("C:\\Users\\ana\\bild.png", "bild.png"),
        ("/abs/x.txt", "x.txt"),
        ("%2e%2e%2fx.png", "%2e%2e%2fx.png"),
        ("a\0b.png", "ab.png"),
        ("a\r\nSet-Cookie: x.png", "aSet-Cookie: x.png"),
        ("gpj.\u202eexe.png", "gpj.exe.png"),
        ("\u200b.htaccess", "htaccess"),
        ("\ufeff..\u200b.profile.txt", "profile.txt"),
        ("e\u0301te\u0301.png", "été.png"),
        ("a\u2028b.png", "ab.png"),
        ("\ud800x.png", "x.png"),
        ("bad.png. . .", "bad.png"),
        ("CON.txt", "CON.txt"),
        ("", "file"),
        ("...", "file"),
        ("a/", "file"),
        ("\u202e\u200b", "file"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
        ("x" * 300, "x" * 120),
    ],
)
def test_a_name_is_shown_without_paths_and_unseen_signs(given_name, shown):
    assert display_name(given_name) == shown


@given(st.text(max_size=400))
def test_no_name_escapes_the_rules_for_names(name):
    shown = display_name(name)
    assert 0 < len(shown) <= MAX_NAME
    assert not shown.startswith(".")
    assert not set(shown) & set("/\\\r\n\0")
    assert all(unicodedata.category(sign) not in ("Cc", "Cf", "Cs") for sign in shown)
    assert display_name(shown) == shown


def test_the_browser_is_offered_every_extension():
    assert Limits().accept == ".png,.jpg,.jpeg,.gif,.webp,.pdf,.txt,.log"
    assert [kind.label for kind in KINDS.values()] == ["PNG", "JPG", "GIF", "WebP", "PDF", "TXT"]
