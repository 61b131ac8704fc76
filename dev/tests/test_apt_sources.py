from dev.setup.apt_sources import (
    AptSource,
    debian_mirrors,
    machine_codename,
    machine_sources,
    parse_deb822,
    parse_one_line,
)

DEB822 = """\
# A comment between the fields and a field that goes on
Types: deb deb-src
URIs: http://mirror.example/debian http://other.example/debian
Suites: bookworm
 bookworm-updates
# inside a stanza
Components: main contrib
Signed-By: /usr/share/keyrings/some.gpg

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main
"""


def test_deb822_gives_every_address_with_all_suites():
    suites = ("bookworm", "bookworm-updates")
    assert parse_deb822(DEB822) == [
        AptSource("http://mirror.example/debian", suites, ("main", "contrib")),
        AptSource("http://other.example/debian", suites, ("main", "contrib")),
    ]


def test_deb822_without_the_fields_gives_nothing():
    assert parse_deb822("URIs: http://mirror.example/debian\n") == []
    assert parse_deb822("") == []
    assert parse_deb822(" stray continuation\n") == []


def test_one_line_reads_options_and_comments():
    text = """\
# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main # why
deb-src http://mirror.example/debian bookworm main
deb http://flat.example/ ./
deb
debris http://mirror.example/debian bookworm main
"""
    assert parse_one_line(text) == [
        AptSource("http://mirror.example/debian", ("bookworm",), ("main",)),
        AptSource("http://flat.example/", ("./",), ()),
    ]


def test_mirrors_leave_out_archives_without_the_unstable_suite():
    sources = [
        AptSource("http://tools.example/apt", ("bookworm",), ("stable",)),
        AptSource("http://cloud.example/apt", ("cloud-bookworm",), ("main",)),
        AptSource("http://a.example/debian-security", ("bookworm",), ("main",)),
        AptSource("cdrom:[Debian]/", ("bookworm",), ("main",)),
        AptSource("http://a.example/debian", ("bookworm-updates",), ("main",)),
        AptSource("http://a.example/debian", ("bookworm",), ("main",)),
        AptSource("http://a.example/debian", ("stable",), ("main",)),
        AptSource("http://b.example/debian", ("sid",), ("main", "contrib")),
    ]
    assert debian_mirrors(sources, "bookworm") == [
        "http://a.example/debian",
        "http://b.example/debian",
    ]


def test_machine_sources_reads_both_formats_and_no_disabled_file(tmp_path):
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    line = "deb http://{}.example/debian bookworm main\n"
    (tmp_path / "sources.list").write_text(line.format("one"))
    (parts / "two.list").write_text(line.format("two"))
    (parts / "three.list.disabled").write_text(line.format("three"))
    (parts / "debian.sources").write_text(DEB822)
    found = [source.uri for source in machine_sources(tmp_path)]
    assert found == [
        "http://one.example/debian",
        "http://two.example/debian",
        "http://mirror.example/debian",
        "http://other.example/debian",
    ]


def test_machine_without_apt_has_no_sources(tmp_path):
    assert machine_sources(tmp_path) == []


def test_codename_is_read_with_and_without_quotes(tmp_path):
    release = tmp_path / "os-release"
    assert machine_codename(release) == ""
    release.write_text('ID=debian\nVERSION_CODENAME="trixie"\n')
    assert machine_codename(release) == "trixie"
    release.write_text("VERSION_CODENAME=bookworm\nID=debian\n")
    assert machine_codename(release) == "bookworm"
    release.write_text("ID=other\n")
    assert machine_codename(release) == ""
