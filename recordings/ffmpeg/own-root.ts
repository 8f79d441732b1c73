/** Folders that hold programs and libraries, and nobody's secrets. */
const PROGRAMS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];
/** Where the new root is put together: a folder that every Linux has, and that ffmpeg has no use for. */
const ROOT = '/sys';
/** Nothing is written but a few mount points. */
const ROOT_SIZE = '1m';

/**
 * Gives its arguments up to rights of any kind: no capability is left, and no program gives one back. A shell stays as the
 * first process of the namespace, which the kernel spares signals that would end any other. It answers 2 where the program
 * answered 1, which is `unshare` itself saying that it failed.
 */
export const WITHOUT_RIGHTS = [
  ...['setpriv', '--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'],
  ...['/bin/sh', '-c', '"$@"; code=$?; [ $code != 1 ] || code=2; exit $code', 'sh'],
];

/**
 * A shell script for a namespace of its own: builds a root of read-only programs and libraries, two devices and the program
 * itself, and runs it there. Its arguments: a folder that becomes `/tmp`, or an empty one for no `/tmp`; the program; its
 * arguments. A root that was changed lets nobody make further user namespaces.
 */
export const IN_OWN_ROOT = `
  set -e
  PATH=$PATH:/usr/sbin:/sbin
  scratch=$1 program=$(command -v "$2") || exit 127
  shift 2
  case $program in /*) ;; *) program=$PWD/$program ;; esac
  [ -f "$program" ] && [ -x "$program" ] || exit 127

  mount -t tmpfs -o mode=755,nosuid,nodev,size=${ROOT_SIZE} none ${ROOT}
  folders= links=
  for folder in ${PROGRAMS.join(' ')} /etc/alternatives; do
    if [ -L "$folder" ]; then links="$links $folder"; elif [ -d "$folder" ]; then folders="$folders $folder"; fi
  done
  mkdir -p ${ROOT}/dev ${ROOT}/etc ${ROOT}/tmp $(printf ' ${ROOT}%s' $folders)
  [ -z "$links" ] || cp -P $links ${ROOT}
  for folder in $folders; do mount --bind -o ro,nosuid,nodev "$folder" "${ROOT}$folder"; done
  [ ! -f /etc/ld.so.cache ] || cp /etc/ld.so.cache ${ROOT}/etc
  for device in null urandom; do
    : >${ROOT}/dev/$device
    mount --bind /dev/$device ${ROOT}/dev/$device
  done
  if [ ! -f "${ROOT}$program" ]; then
    : >${ROOT}/ffmpeg
    mount --bind -o ro,nosuid,nodev "$program" ${ROOT}/ffmpeg
    program=/ffmpeg
  fi
  [ -z "$scratch" ] || mount --bind -o nosuid,nodev,noexec "$scratch" ${ROOT}/tmp
  exec chroot ${ROOT} ${WITHOUT_RIGHTS.map((word) => `'${word}'`).join(' ')} "$program" "$@"`;
