"""Prints the ACPI table (ASL) that gives the guest's eight CPUs P-states and C-states.

QEMU emulates none. A P-state's control register has to be a port that keeps what is written to it: the
page registers of the old DMA controller do, and there is one for each CPU.
"""

PORTS = [0x81, 0x82, 0x83, 0x87, 0x89, 0x8A, 0x8B, 0x8F]
MEGAHERTZ = [2601, 2600, 2200, 1800, 1400, 1000]
# All of them only halt; what differs is what they say of themselves.
C_STATES = [(1, 1000), (50, 500), (200, 100)]  # latency in us, power in mW


def p_states() -> str:
    rows = [f"Package (6) {{ {mhz}, {mhz * 8}, 10, 10, 0x{0x10 + row:02X}, 0x{0x10 + row:02X} }}"
            for row, mhz in enumerate(MEGAHERTZ)]
    return f"Name (_PSS, Package ({len(rows)}) {{ {', '.join(rows)} }})"


def c_states() -> str:
    rows = [f"Package (4) {{ ResourceTemplate () {{ Register (FFixedHW, 0, 0, 0x0) }}, 1, {latency}, {power} }}"
            for latency, power in C_STATES]
    return f"Name (_CST, Package ({len(rows) + 1}) {{ {len(rows)}, {', '.join(rows)} }})"


def cpu(number: int, port: int) -> str:
    register = f"ResourceTemplate () {{ Register (SystemIO, 8, 0, 0x{port:02X}, 1) }}"
    return f"""
    Scope (\\_SB.CPUS.C00{number})
    {{
        Name (_PCT, Package (2) {{ {register}, {register} }})
        {p_states()}
        Method (_PPC, 0, NotSerialized) {{ Return (Zero) }}
        Name (_PSD, Package (1) {{ Package (5) {{ 5, 0, {number}, 0xFC, 1 }} }})
        {c_states()}
    }}"""


print('DefinitionBlock ("", "SSDT", 2, "NTLAB", "PSTATES", 1)\n{')
for cpu_number in range(len(PORTS)):
    print(f"    External (\\_SB.CPUS.C00{cpu_number}, ProcessorObj)")
for cpu_number, cpu_port in enumerate(PORTS):
    print(cpu(cpu_number, cpu_port))
print("}")
