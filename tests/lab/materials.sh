# What the guest is made of: a kernel with its modules, QEMU where the installed one is too old, and the
# initramfs. Fetched as Debian packages that apt checks against its signed lists; nothing is installed. A
# material is a folder of the cache that appears under its name only when it is whole. Sourced by lab.
# shellcheck shell=bash disable=SC2154,SC2016,SC2164,SC2034

# The packages come from here in the file: a change of it makes new materials.
recipe=$(sha256sum "$here/materials.sh" "$here/pstates.py" | sha256sum | cut -c1-12)

refuse_where_it_cannot_run() {
    local program
    [ "$(uname -m)" = x86_64 ] || cannot "it is no x86-64"
    [ "$(id -u)" -eq 0 ] || cannot "a virtual machine on this root file system needs root"
    command -v apt-get >/dev/null || cannot "its parts are Debian packages, and there is no apt-get"
    for program in qemu-system-x86_64 busybox cpio depmod iasl make gcc python3 xz unshare flock ip; do
        command -v $program >/dev/null ||
            cannot "$program is not installed; packaging/install-dependencies lab installs it"
    done
    [ -w /dev/net/tun ] || cannot "there is no /dev/net/tun to connect the guest's NICs"
    unshare --net --mount --pid --fork true 2>/dev/null || cannot "it does not let root make namespaces"
}

# apt SUITE COMMAND...: SUITE is empty for what this machine's own sources offer; else another suite of the
# archive that they name. With lists of the lab's own, so that this machine's stay as they are.
apt() {
    local suite=$1 command=$2 state=$cache/apt/${1:-own}
    local options=(-qq -o APT::Sandbox::User=root -o APT::Get::AllowUnauthenticated=false
        -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o APT::Default-Release= -o Acquire::Retries=3)
    shift 2
    mkdir -p "$state"/lists/partial "$state"/cache/archives/partial
    if [ "$suite" ]; then
        options+=(-o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
            -o APT::Update::Error-Mode=any)
    fi
    "apt-$command" "${options[@]}" "$@"
}

# The address of this machine's main archive is as its sources say.
update_lists() { # SUITE
    local state=$cache/apt/${1:-own} archive keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    if [ "$1" ]; then
        archive=$(apt-get indextargets --no-release-info \
            --format '$(CREATED_BY) $(COMPONENT) $(RELEASE) $(REPO_URI)' 2>/dev/null |
            awk -v release="$codename" '$1 == "Packages" && $2 == "main" && $3 == release { print $4; exit }')
        [ "$archive" ] || cannot "its apt sources name no archive for $codename"
        mkdir -p "$state"
        echo "deb [signed-by=$keyring] $archive $1 main" >"$state/sources.list"
    fi
    apt "$1" get update || cannot "the package lists of ${1:-this system} cannot be fetched (apt-get says why above)"
}

fetch() { # SUITE PACKAGE...: into the folder debs here
    local suite=$1
    shift
    mkdir -p debs
    (cd debs && apt "$suite" get download "$@") ||
        cannot "these packages cannot be fetched from ${suite:-its own suite}: $*"
}

# material FOLDER MAKER...: runs MAKER in an empty folder, which becomes FOLDER when it succeeds.
material() {
    local folder=$1 draft=$cache/draft.${1##*/} status=0
    shift
    if [ ! -d "$folder" ]; then
        echo "lab: making ${folder##*/}; this is done once" >&2
        rm -rf "$draft" && mkdir "$draft"
        # In the background, since what is tested does not end at its first failure.
        (
            cd "$draft"
            "$@"
        ) >"$run/making.log" 2>&1 &
        wait $! || status=$?
        if [ "$status" -ne 0 ]; then
            tail -n 25 "$run/making.log" >&2
            [ "$status" -ne 77 ] || exit 77
            fail "${folder##*/} could not be made"
        fi
        mv "$draft" "$folder"
    fi
    touch "$folder"
}

name_materials() {
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
    qemu=(qemu-system-x86_64) qemu_root=$cache/qemu-$recipe
    if [ -d "$qemu_root" ]; then
        qemu=("$qemu_root/usr/bin/qemu-system-x86_64"
            -L "$qemu_root/usr/share/seabios" -L "$qemu_root/usr/share/qemu")
    fi
    kernel_root=$cache/kernel-$kernel-$recipe
    initrd=$cache/initrd-$kernel-$recipe-$(sha256sum "$here/guest/init" | cut -c1-12)
    # What a package needs besides depends on what is installed here.
    local package installed
    installed=$(sha256sum /var/lib/dpkg/status | cut -c1-12)
    package_roots=()
    for package in "${packages[@]}"; do package_roots+=("$cache/package-$package-$recipe-$installed"); done
}

make_materials() {
    local making
    exec {making}>"$cache/making.lock"
    flock "$making"
    name_materials
    if [ ! -d "$qemu_root" ] && ! qemu-system-x86_64 -device help 2>/dev/null | grep --quiet '"igb"'; then
        material "$qemu_root" make_qemu
    fi
    material "$kernel_root" make_kernel "$kernel"
    material "$initrd" make_initrd
    local at
    for at in "${!packages[@]}"; do material "${package_roots[at]}" make_package "${packages[at]}"; done
    exec {making}>&-
}

# The first release with the igb model is 8.0; Debian 12 has 7.2, whose libraries this one also uses.
make_qemu() {
    local suite=$codename-backports package
    update_lists "$suite"
    fetch "$suite" {qemu-system-x86,qemu-system-common,qemu-system-data,seabios}/"$suite"
    for package in debs/*.deb; do dpkg-deb --extract "$package" .; done
    rm -rf debs
}

make_kernel() { # stock or newer
    local suite='' image release series
    [ "$1" = stock ] || suite=$codename-backports
    update_lists "$suite"
    image=$(apt "$suite" cache depends linux-image-amd64 | awk '/Depends: linux-image-[0-9]/ { print $2; exit }')
    [ "$image" ] || cannot "no suite that its sources name has a linux-image-amd64"
    release=${image#linux-image-}
    series=$(sed -E 's/^([0-9]+\.[0-9]+).*/\1/' <<<"$release")
    fetch "$suite" "$image" "linux-headers-$release" "linux-headers-${release%-amd64}-common" "linux-source-$series" \
        "$(apt "$suite" cache depends "linux-headers-$release" | awk '/Depends: linux-kbuild-/ { print $2; exit }')"
    dpkg-deb --extract debs/"$image"_*.deb .
    [ -d lib ] || ln -s usr/lib lib
    dpkg-deb --fsys-tarfile debs/linux-source-*.deb | tar -xO "./usr/src/linux-source-$series.tar.xz" |
        tar -xJ "linux-source-$series/drivers/net/netdevsim" "linux-source-$series/scripts/extract-vmlinux"
    # The whole image starts quicker than the one that unpacks itself under emulation.
    bash "linux-source-$series/scripts/extract-vmlinux" "boot/vmlinuz-$release" >vmlinux
    make_netdevsim "$release" "linux-source-$series/drivers/net/netdevsim"
    mkdir -p "lib/modules/$release/extra"
    cp "linux-source-$series/drivers/net/netdevsim/netdevsim.ko" "lib/modules/$release/extra/"
    depmod -b . "$release"
    python3 "$here/pstates.py" >pstates.asl
    iasl -p pstates pstates.asl
    [ -s pstates.aml ] && [ -s vmlinux ]
    echo "$release" >release
    rm -rf debs headers boot "linux-source-$series"
}

# Debian's kernels are built without it: from Debian's own source, against Debian's own headers.
make_netdevsim() { # RELEASE SOURCE-FOLDER
    local package headers=$PWD/headers/usr/src/linux-headers-$1
    for package in debs/linux-{headers,kbuild}-*.deb; do dpkg-deb --extract "$package" headers; done
    sed -i "s#include /usr/src#include $PWD/headers/usr/src#" "$headers/Makefile"
    make --silent -C "$headers" M="$PWD/$2" CONFIG_NETDEVSIM=m CONFIG_DEBUG_INFO_BTF_MODULES= -j"$(nproc)" modules
    strip --strip-debug "$2/netdevsim.ko"
}

# make_package PACKAGE: it, and what it needs that is not installed on this machine, unpacked.
make_package() {
    local package
    update_lists ''
    mkdir -p debs/partial root
    apt '' get install --download-only --yes --no-install-recommends -o Debug::NoLocking=1 \
        -o "Dir::Cache::archives=$PWD/debs" "$1" || cannot "the package $1 cannot be fetched"
    for package in debs/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -x --directory root --keep-directory-symlink; done
    rm -rf debs
}

# busybox and the modules that the guest needs, in the order in which they load.
make_initrd() {
    local release module file name
    release=$(cat "$kernel_root/release")
    mkdir -p root/{bin,modules,proc,sys,dev,lower,overlay,root,lab}
    cp "$(command -v busybox)" root/bin/
    for module in virtio_pci 9pnet_virtio 9p overlay virtio_console virtio_net e1000e vmxnet3 igb acpi-cpufreq \
        cpufreq_{ondemand,conservative,powersave,userspace} veth dummy netdevsim msr; do
        for file in $(modprobe -d "$kernel_root" -S "$release" --show-depends "$module" |
            awk '$1 == "insmod" { print $2 }'); do
            name=$(basename "$file" .xz)
            [ -e "root/modules/$name" ] && continue
            case $file in
            *.xz) xz --decompress --stdout "$file" >"root/modules/$name" ;;
            *) cp "$file" root/modules/ ;;
            esac
            echo "$name" >>root/modules/order
        done
    done
    strip --strip-debug root/modules/*.ko
    install -m 0755 "$here/guest/init" root/init
    (cd root && find . | sort | cpio --create --format=newc --owner=0:0 --quiet) >initrd.img
    rm -rf root
}

# Nobody else may be using what goes: what a killed lab left half made, materials that nobody has used for two
# weeks, and all saved states but the four that were used last.
prune_cache() {
    flock --nonblock "$in_use" || return 0
    rm -rf "$cache"/draft.* "$cache"/state-*.draft
    find "$cache" -mindepth 1 -maxdepth 1 -mtime +14 ! -name '*.lock' ! -name run -exec rm -rf {} +
    find "$cache" -maxdepth 1 -name 'state-*' -printf '%T@ %p\n' | sort --numeric-sort --reverse |
        sed --quiet '5,$s/^[^ ]* //p' | tr '\n' '\0' | xargs --null --no-run-if-empty rm -f
}
