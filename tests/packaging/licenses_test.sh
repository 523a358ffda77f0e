#!/bin/bash
# That docs/licenses.md and the packages' field say of each library whose code is in what is built by which license that is, and that
# the texts are installed beside it.
#
#   tests/packaging/licenses_test.sh BUILD-FOLDER CMAKE
set -euo pipefail
build=$(realpath "$1")
cmake=$2

fail() {
    echo "$*"
    exit 1
}

root=$(mktemp --directory)
trap 'rm -rf "$root"' EXIT
DESTDIR=$root "$cmake" --install "$build" --prefix /usr --component nanotune >/dev/null # it has files in /etc, too
page=$root/usr/share/doc/nanotune/docs/licenses.md
[ -s "$page" ] || fail "docs/licenses.md is not installed"
for text in $(grep --only-matching '](licenses/[^)]*)' "$page" | sed 's/](\(.*\))/\1/'); do
    [ -s "${page%/*}/$text" ] || fail "docs/licenses.md leads to $text, which is not installed"
done

field=$(sed -n 's/^set(CPACK_RPM_PACKAGE_LICENSE "\(.*\)")$/\1/p' "$build/CPackConfig.cmake")
programs=("$build"/bin/nanotune "$build"/bin/nanotuned "$build"/bin/nanotune-worker)
symbols=$root/symbols
nm --demangle "${programs[@]}" >"$symbols"
# of SYMBOL LIBRARY LICENSE: said where the one is in a program, and in the field only there.
of() {
    if grep --quiet --extended-regexp " [TtWwVuDdRr] ($1)" "$symbols"; then
        grep --quiet "^|.*$2.*| $3 |" "$page" || fail "docs/licenses.md does not say that $2 is in it, by $3"
        [[ " AND $field AND " = *" AND $3 AND "* ]] || fail "the packages are said to be '$field', and have code of $2 ($3)"
    elif [ "${4:-}" = alone ]; then
        [[ "$field" != *"$3"* ]] || fail "the packages are said to be '$field', and have no code of $2 ($3)"
    fi
}
of nl_socket_alloc libnl-3 LGPL-2.1-only alone
of 'sdbus::MethodCall' 'sdbus-c++' LGPL-2.1-or-later
of boost:: Boost BSL-1.0
of fmt:: fmt MIT
of toml:: 'toml++' MIT
of nlohmann:: 'JSON for Modern C++' MIT
of 'std::' 'libstdc++' 'GPL-3.0-or-later WITH GCC-exception-3.1'
