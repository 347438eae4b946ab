"""What the utilities of Bash take: which options have a value, and of what type options' values and operands are.

One entry per group of utilities: `names | options | operands`; an indented line goes on with its entry.

- names: separated by commas. `~` behind a name: its dash words are never split into single letters (`kill -HUP`).
- options: only those with a value, `-n=NUMBER`; `-i?=PATH`: the value is optional and attached (`sed -i.bak`); a comma between
  types: several values. What is not listed has no value.
- operands: types in order, the last one repeats. `PATTERN!-e,-f`: not there when one of these options is given. `STRING+`:
  neighbours are one (`echo a b`). `COMMAND`: from here on the words are a command of their own. `SHAPE`: typed by the text.

Types are written as in `training.metrics.bash`; `±NUMBER` keeps a sign that changes the meaning, `CHOICE` stands for itself.
Sources: the manuals of GNU coreutils, findutils, grep, sed, tar, and of the tools themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

_TABLE = """
ack,pcregrep,grep,egrep,fgrep,zgrep,zegrep,rgrep,bzgrep | -e=PATTERN -f=PATH -m=NUMBER -A=NUMBER -B=NUMBER -C=NUMBER -d=CHOICE
    --include=PATTERN --exclude=PATTERN --exclude-dir=PATTERN --color?=CHOICE --colour?=CHOICE --regexp=PATTERN --file=PATH
    --max-count=NUMBER | PATTERN!-e,-f,--regexp,--file PATH
alias,unalias,export,unset,local,declare,typeset,readonly,let | | NAME
awk,gawk,mawk,nawk | -F=STRING -v=STRING -f=PATH | PROGRAM!-f PATH
base64 | -w=NUMBER | PATH
basename | -s=STRING | PATH STRING
bash,sh,zsh,ksh | -c=PROGRAM -o=CHOICE | PATH!-c SHAPE
bc,cpio,cat,tac,rev,expand,unexpand,cksum,sum,md5sum,sha1sum,sha256sum,realpath,readlink,dirname,rmdir,unlink,pushd,popd,cd,less,more,tee,source,.
    | | PATH
brew,apt-get,apt,yum,port,dpkg,rpm,svn,docker,systemctl,service,npm,pip,hg,gem | | CHOICE SHAPE
bzip2,bunzip2,gzip,gunzip,zcat,bzcat,xz,unxz | -S=STRING | PATH
cal | -A=NUMBER -B=NUMBER | NUMBER
chmod | --reference=PATH | PERMISSION!--reference PATH
chown,chgrp | --reference=PATH --from=USER | USER!--reference PATH
cmp,diff,sdiff,vimdiff,colordiff | -I=PATTERN -x=PATTERN --exclude=PATTERN -X=PATH -U=NUMBER -C=NUMBER -W=NUMBER
    --width=NUMBER | PATH
column | -s=STRING -c=NUMBER -o=STRING | PATH
comm | --output-delimiter=STRING | PATH
command,builtin,nohup,setsid | | COMMAND
cp,mv,ln | -t=PATH -S=STRING --suffix=STRING --target-directory=PATH --backup?=CHOICE | PATH
crontab | -u=USER | PATH
csplit | -f=STRING -n=NUMBER -b=STRING | PATH PATTERN
curl | -o=PATH -d=STRING -H=STRING -u=STRING -X=CHOICE -A=STRING -F=STRING -T=PATH | URL
cut | -d=STRING -f=FIELDS -c=FIELDS -b=FIELDS --delimiter=STRING --fields=FIELDS --output-delimiter=STRING | PATH
date | -d=TIME --date=TIME -r=PATH -s=TIME -f=PATH | STRING
dd | | KEYED
df | -t=CHOICE -x=CHOICE -B=SIZE --type=CHOICE --block-size=SIZE --output?=STRING | PATH
dig~ | | SHAPE
du | -d=NUMBER -B=SIZE -t=SIZE --max-depth=NUMBER --block-size=SIZE --exclude=PATTERN | PATH
echo,printf,banner,yes,eval | | STRING+
env | -u=NAME -C=PATH --unset=NAME | COMMAND
exec | -a=NAME | COMMAND
file | -f=PATH -F=STRING -m=PATH | PATH
fold,fmt | -w=NUMBER | PATH
git | -C=PATH -m=STRING | CHOICE SHAPE
head,tail | -n=±NUMBER -c=±SIZE -s=NUMBER --lines=±NUMBER --bytes=±SIZE --pid=NUMBER | PATH
hexdump | -n=SIZE -s=SIZE -e=STRING | PATH
host,nslookup | -t=CHOICE | HOST
hostname,uname,whoami,w,who,pwd,groups,true,false,history,exit,jobs,finger,screen | | SHAPE
ifconfig~,ip~,route~,mysql~,java~,openssl~,ffmpeg~ | | SHAPE
join | -t=STRING -1=NUMBER -2=NUMBER -j=NUMBER -o=FIELDS -a=NUMBER -v=NUMBER -e=STRING | PATH
kill~,pkill~,killall~ | -s=CHOICE -u=USER -f=PATTERN | SHAPE
ls | -I=PATTERN -w=NUMBER --ignore=PATTERN --hide=PATTERN --sort=CHOICE --time=CHOICE --color?=CHOICE --format=CHOICE
    --time-style=STRING --block-size=SIZE | PATH
lsof | -p=NUMBER -u=USER -i?=STRING -c=NAME -d=STRING | PATH
mail | -s=STRING -a=PATH | USER
man,which,whereis,type,apropos,info,help,whatis | | NAME
mkdir,mkfifo | -m=PERMISSION --mode=PERMISSION | PATH
mktemp | -p=PATH --suffix=STRING --tmpdir?=PATH | PATTERN
mount,umount | -t=CHOICE -o=STRING -L=STRING -U=STRING | PATH
nice | -n=±NUMBER | COMMAND
nl | -b=CHOICE -n=CHOICE -s=STRING -w=NUMBER -v=NUMBER -i=NUMBER | PATH
od | -t=CHOICE -A=CHOICE -j=SIZE -N=SIZE -w?=NUMBER | PATH
parallel | -j=NUMBER -n=NUMBER -N=NUMBER -I=REPLACE -a=PATH --max-args=NUMBER --colsep=STRING | COMMAND
paste | -d=STRING --delimiters=STRING | PATH
perl,ruby | -e=PROGRAM -i?=STRING | PATH!-e PATH
pgrep | -u=USER -U=USER -P=NUMBER -d=STRING -t=STRING | PATTERN
php | -r=PROGRAM -f=PATH | PATH!-r PATH
ping | -c=NUMBER -i=NUMBER -s=NUMBER -w=NUMBER -W=NUMBER -t=NUMBER -I=STRING | HOST
pr | -l=NUMBER -w=NUMBER -o=NUMBER -h=STRING | PATH
ps | -o=STRING -p=NUMBER -u=USER -U=USER -C=NAME -t=STRING --sort=STRING --ppid=NUMBER --pid=NUMBER --format=STRING
    --user=USER | CHOICE
pstree,pidof | | SHAPE
python,python2,python3 | -c=PROGRAM -m=NAME | PATH!-c SHAPE
read | -p=STRING -d=STRING -n=NUMBER -N=NUMBER -t=NUMBER -u=NUMBER -i=STRING -a=NAME | NAME
rename | | PROGRAM PATH
rm | | PATH
rsync | -e=STRING -f=STRING --rsh=STRING --filter=STRING --exclude=PATTERN --include=PATTERN --exclude-from=PATH
    --include-from=PATH --files-from=PATH --bwlimit=NUMBER --rsync-path=PATH --log-file=PATH --backup-dir=PATH --suffix=STRING
    --max-size=SIZE --min-size=SIZE --link-dest=PATH --chmod=PERMISSION | PATH
scp,sftp | -P=NUMBER -i=PATH -o=STRING -F=PATH -l=NUMBER | PATH
sed,gsed | -e=PROGRAM -f=PATH -i?=STRING -l=NUMBER --expression=PROGRAM --file=PATH --in-place?=STRING |
    PROGRAM!-e,-f,--expression,--file PATH
seq | -s=STRING -f=STRING --separator=STRING --format=STRING | NUMBER
set | -o=CHOICE | SHAPE
shopt,ulimit,umask,stty | | CHOICE
shred | -n=NUMBER -s=SIZE | PATH
shuf | -n=NUMBER -i=FIELDS -o=PATH | PATH
sleep | | NUMBER
sort | -k=FIELDS -t=STRING -o=PATH -T=PATH -S=SIZE --key=FIELDS --field-separator=STRING --output=PATH --parallel=NUMBER |
    PATH
split | -l=NUMBER -b=SIZE -C=SIZE -a=NUMBER -n=STRING --lines=NUMBER --bytes=SIZE --number=STRING --suffix-length=NUMBER
    --filter=PROGRAM --additional-suffix=STRING | PATH STRING
ssh | -p=NUMBER -i=PATH -l=USER -o=STRING -L=STRING -R=STRING -D=STRING -F=PATH -S=PATH -O=CHOICE -c=STRING -b=HOST -W=STRING
    | HOST COMMAND
ssh-copy-id,ssh-add | -i=PATH -p=NUMBER | HOST
ssh-keygen | -t=CHOICE -f=PATH -b=NUMBER -C=STRING -N=STRING -P=STRING -R=HOST -F=HOST | PATH
stat | -c=STRING --format=STRING --printf=STRING | PATH
strings | -n=NUMBER | PATH
su | -c=PROGRAM -s=PATH | USER
sudo | -u=USER -g=USER -p=STRING -C=NUMBER | COMMAND
tar,gtar,bsdtar | -f=PATH -C=PATH -T=PATH -X=PATH --exclude=PATTERN --files-from=PATH --file=PATH --directory=PATH
    --exclude-from=PATH --transform=PROGRAM --strip-components=NUMBER | PATH
time | -f=STRING -o=PATH | COMMAND
timeout | -s=CHOICE -k=NUMBER --signal=CHOICE | NUMBER COMMAND
tmux | -t=NAME -s=NAME -n=NAME -L=NAME -S=PATH -c=PATH | CHOICE SHAPE
top | -p=NUMBER -n=NUMBER -d=NUMBER -u=USER -U=USER | SHAPE
touch | -d=TIME -t=TIME -r=PATH --date=TIME --reference=PATH | PATH
tr | | STRING
tree | -L=NUMBER -P=PATTERN -I=PATTERN -o=PATH | PATH
truncate | -s=±SIZE -r=PATH --size=±SIZE | PATH
uniq | -f=NUMBER -s=NUMBER -w=NUMBER --skip-fields=NUMBER --skip-chars=NUMBER --check-chars=NUMBER | PATH
unzip | -d=PATH -x=PATTERN | PATH
vi,vim | -c=STRING | PATH
watch | -n=NUMBER --interval=NUMBER | COMMAND
wc | --files0-from=PATH | PATH
wget | -O=PATH -P=PATH -o=PATH -i=PATH -A=PATTERN -R=PATTERN -U=STRING -l=NUMBER | URL
xargs | -I=REPLACE -i?=REPLACE -n=NUMBER -L=NUMBER -l?=NUMBER -P=NUMBER -s=NUMBER -d=STRING -E=STRING -e?=STRING -a=PATH
    -J=REPLACE --max-args=NUMBER --max-procs=NUMBER --max-lines?=NUMBER --delimiter=STRING --arg-file=PATH --replace?=REPLACE
    --max-chars=NUMBER | COMMAND
xxd | -l=NUMBER -s=SIZE -c=NUMBER | PATH
zip | -i=PATTERN -x=PATTERN -P=STRING | PATH
"""

_FIND = """
-name=PATTERN -iname=PATTERN -path=PATTERN -ipath=PATTERN -wholename=PATTERN -iwholename=PATTERN -lname=PATTERN -ilname=PATTERN
-regex=PATTERN -iregex=PATTERN -regextype=CHOICE -type=CHOICE -xtype=CHOICE -fstype=CHOICE -maxdepth=NUMBER -mindepth=NUMBER
-mtime=±NUMBER -atime=±NUMBER -ctime=±NUMBER -mmin=±NUMBER -amin=±NUMBER -cmin=±NUMBER -Btime=±NUMBER -Bmin=±NUMBER
-used=±NUMBER -links=±NUMBER -inum=±NUMBER -uid=±NUMBER -gid=±NUMBER -size=±SIZE -perm=±PERMISSION -user=USER -group=USER
-newer=PATH -anewer=PATH -cnewer=PATH -samefile=PATH -printf=STRING -fprintf=PATH,STRING -fprint=PATH -fprint0=PATH -fls=PATH
-context=STRING -f=PATH -D=CHOICE
"""
RUNS_COMMAND = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
ACTIONS = RUNS_COMMAND | {
    "-print", "-print0", "-printf", "-fprint", "-fprint0", "-fprintf", "-ls", "-fls", "-delete", "-prune", "-quit",
}  # fmt: skip
"""What `find` does rather than tests; their places among the tests matter."""
COUNT_OPTION = MappingProxyType({
    "head": "-n", "tail": "-n", "split": "-l", "fold": "-w", "uniq": "-f", "nice": "-n", "grep": "-C", "egrep": "-C",
    "fgrep": "-C", "diff": "-C", "git": "-n",
})  # fmt: skip
"""The option that a bare number (`head -5`) stands for."""
IN_ORDER = frozenset({"[", "[[", "test", "expr"})
"""Utilities whose words are an expression: kept in order, operators as they stand."""
BARE_LETTERS = frozenset({"tar"})
"""Utilities whose first word may be option letters without a dash (`tar xzf`)."""


@dataclass(frozen=True, slots=True)
class Operand:
    """Type of an operand; it is not there when one of the options `unless` is given; `merged`: neighbours are one."""

    type: str
    unless: frozenset[str] = frozenset()
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Utility:
    """What a utility takes: `values` (option -> types), `attached` (options whose value is optional), operands."""

    values: MappingProxyType[str, tuple[str, ...]]
    attached: frozenset[str]
    operands: tuple[Operand, ...]
    splits: bool


UNKNOWN = Utility(MappingProxyType({}), frozenset(), (Operand("SHAPE"),), splits=False)


def _options(text: str) -> tuple[MappingProxyType[str, tuple[str, ...]], frozenset[str]]:
    pairs = [option.split("=", 1) for option in text.split()]
    values = {name.rstrip("?"): tuple(types.split(",")) for name, types in pairs}
    return MappingProxyType(values), frozenset(name.rstrip("?") for name, _ in pairs if name.endswith("?"))


def _operand(text: str) -> Operand:
    kind, _, unless = text.partition("!")
    return Operand(kind.rstrip("+"), frozenset(filter(None, unless.split(","))), kind.endswith("+"))


def _read() -> dict[str, Utility]:
    found: dict[str, Utility] = {}
    for line in _TABLE.strip().replace("\n    ", " ").splitlines():  # an indented line goes on with the one before
        names, options, operands = (part.strip() for part in line.split("|"))
        values, attached = _options(options)
        for name in names.split(","):
            found[name.rstrip("~")] = Utility(
                values, attached, tuple(map(_operand, operands.split())), splits=not name.endswith("~")
            )
    return found


UTILITIES = MappingProxyType(_read())
FIND_VALUES = _options(_FIND)[0]
