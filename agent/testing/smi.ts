/** Answers of nvidia-smi, cut to the fields that are read; made up after the DTD, not recorded. */
/** One healthy, idle H100. */
export const gpuXml = (uuid = 'GPU-a', minor = 0): string =>
  `<gpu id="00000000:1B:00.0"><product_name>NVIDIA H100 80GB HBM3</product_name><uuid>${uuid}</uuid>
<minor_number>${minor}</minor_number><gpu_recovery_action>None</gpu_recovery_action>
<pci><pci_gpu_link_info><link_widths><max_link_width>16x</max_link_width><current_link_width>16x</current_link_width></link_widths></pci_gpu_link_info></pci>
<fb_memory_usage><total>81559 MiB</total><used>3 MiB</used></fb_memory_usage>
<clocks_event_reasons><clocks_event_reason_hw_slowdown>Not Active</clocks_event_reason_hw_slowdown></clocks_event_reasons>
<ecc_errors><volatile><sram_uncorrectable_parity>0</sram_uncorrectable_parity><dram_uncorrectable>0</dram_uncorrectable></volatile></ecc_errors>
<remapped_rows><remapped_row_pending>No</remapped_row_pending><remapped_row_failure>No</remapped_row_failure></remapped_rows>
<processes></processes></gpu>`;

/** The whole document. */
export const logXml = (...gpus: readonly string[]): string =>
  `<?xml version="1.0" ?><!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v12.dtd"><nvidia_smi_log><driver_version>580.65.06</driver_version>${gpus.join('')}</nvidia_smi_log>`;
