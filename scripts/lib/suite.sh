# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Packages of another suite than the system's, from where the system gets its own: they
# are fetched, not installed. FOLDER is an empty one, where apt's state and log go.

# suite_look FOLDER SUITE: fetch its index.
suite_look() {
    local codename
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mkdir "$1/lists" "$1/cache"
    # shellcheck disable=SC2016
    apt-get indextargets --format 'deb $(REPO_URI) SUITE $(COMPONENT)' \
        'Created-By: Packages' "Codename: $codename" 'Component: main' |
        sed -n "1s| SUITE | $2 |p" >"$1/sources.list"
    suite_apt "$1" apt-get update >>"$1/log"
}

# suite_apt FOLDER PROGRAM ARGUMENTS...: apt with that index.
suite_apt() {
    local folder=$1 program=$2
    shift 2
    "$program" -q -o "Dir::Etc::SourceList=$folder/sources.list" -o Dir::Etc::SourceParts=- \
        -o "Dir::State::Lists=$folder/lists" -o "Dir::Cache=$folder/cache" \
        -o Dir::State::Status=/dev/null -o APT::Sandbox::User= "$@" 2>>"$folder/log"
}

# suite_newest FOLDER PACKAGE: the package with a version in its name that PACKAGE is.
suite_newest() {
    suite_apt "$1" apt-cache depends "$2" | sed -n 's/.*Depends: //p' | grep -m 1 .
}

# suite_download FOLDER PACKAGE...: into the folder.
suite_download() (
    local folder=$1
    shift
    cd "$folder" && suite_apt "$folder" apt-get download "$@" >>log
)

# suite_tree SUITE: as kernel_tree, of the newest Linux in it.
suite_tree() {
    local folder=$CACHE/suite-$1 package version
    rm -rf "$folder"
    mkdir -p "$folder"
    say "looking for the newest Linux of $1 ..."
    {
        suite_look "$folder" "$1" && package=$(suite_newest "$folder" linux-source) &&
            version=$(suite_apt "$folder" apt-cache show "$package" |
                sed -n 's/^Version: //p' | grep -m 1 .)
    } || die "no kernel source in $1: $(tail -n 3 "$folder/log")"
    if [ ! -d "$CACHE/$version/source" ]; then
        { suite_download "$folder" "$package" && dpkg-deb -x "$folder"/*.deb "$folder"; } ||
            die "no kernel source in $1: $(tail -n 3 "$folder/log")"
    fi
    unpack_tree "$version" "$folder/usr/src/$package.tar.xz"
    rm -rf "$folder"
}
