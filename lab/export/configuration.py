"""What Get-ADSyncServerConfiguration writes: one XML file per connector and rule, and MV.xml [adsync §8]."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.dom import minidom
from xml.sax.saxutils import escape, quoteattr

from lab.world.enums import FlowType, RunStepTask

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from lab.world.model import (
        AttributeFlowMapping,
        ConfigurationParameter,
        Connector,
        ConnectorPartition,
        RunProfile,
        SynchronizationRule,
    )
    from lab.world.server import SyncServer

_STEP_TYPES = {
    RunStepTask.FullImport: '<step-type type="full-import"><import-subtype>to-cs</import-subtype></step-type>',
    RunStepTask.DeltaImport: '<step-type type="delta-import"><import-subtype>to-cs</import-subtype></step-type>',
    RunStepTask.FullSynchronization: '<step-type type="apply-rules"><apply-rules-subtype>reevaluate-flow-connectors'
    "</apply-rules-subtype></step-type>",
    RunStepTask.DeltaSynchronization: '<step-type type="apply-rules"><apply-rules-subtype>apply-pending'
    "</apply-rules-subtype></step-type>",
    RunStepTask.Export: '<step-type type="export"></step-type>',
}
_SCHEMA = (
    '<schema><dsml:dsml xmlns:ms-dsml="http://www.microsoft.com/MMS/DSML" xmlns:dsml="http://www.dsml.org/DSML">'
    '<dsml:directory-schema ms-dsml:no-objectclass-validation="true" /></dsml:dsml></schema>'
)


def write_configuration(server: SyncServer, folder: Path) -> None:
    """Write the folder; raises OSError when it exists."""
    folder.mkdir(parents=True)
    for name in ("Connectors", "GlobalSettings", "SynchronizationRules"):
        (folder / name).mkdir()
    for connector in server.connectors:
        path = folder / "Connectors" / f"Connector_{{{connector.identifier}}}.xml"
        path.write_text(_indented(_connector(connector)), encoding="utf-8")
    for rule in server.rules:
        path = folder / "SynchronizationRules" / f"SynchronizationRule_{{{rule.identifier}}}.xml"
        path.write_text(_indented(_rule(rule)), encoding="utf-8")
    (folder / "GlobalSettings" / "MV.xml").write_text(_indented(_global_settings(server)), encoding="utf-8")


def _indented(text: str) -> str:
    """Lay the file out as the product does: two spaces a level, no declaration, a space before `/>`."""
    laid_out = minidom.parseString(text).toprettyxml(indent="  ")  # noqa: S318 - the lab's own text
    return laid_out.partition("\n")[2].replace("/>", " />")


def _global_settings(server: SyncServer) -> str:
    values = "".join(_parameter(one, "SynchronizationGlobal") for one in server.global_parameters)
    return (
        f"<saved-mv-configuration server='{escape(server.computer_name)}' export-date='{_time(server.now())}'>\n"
        f"<mv-data><format-version>1</format-version><version>{server.global_settings_version}</version>{_SCHEMA}"
        f"<parameter-values>{values}</parameter-values></mv-data></saved-mv-configuration>"
    )


def _time(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]


def _upper(identifier: UUID) -> str:
    return f"{{{str(identifier).upper()}}}"


def _parameter(parameter: ConfigurationParameter, use: str) -> str:
    secret = parameter.input_type == "EncryptedString"
    kind = "encrypted-string" if secret else "string"
    head = f'<parameter name={quoteattr(parameter.name)} type="{kind}" use="{use}" dataType="String"'
    return f'{head} encrypted="1" />' if secret else f"{head}>{escape(parameter.value)}</parameter>"


def _element(name: str, text: object) -> str:
    shown = escape(str(text))
    return f"<{name}>{shown}</{name}>" if shown else f"<{name} />"


def _elements(name: str, texts: Iterable[str]) -> str:
    return "".join(_element(name, text) for text in texts)


def _connector(connector: Connector) -> str:
    values = "".join(_parameter(one, "connectivity") for one in connector.connectivity_parameters)
    values += "".join(_parameter(one, "global") for one in connector.global_parameters)
    values = f"<parameter-values>{values}</parameter-values>"
    extension = connector.extension_configuration
    if extension is None:
        private = f"<adma-configuration>{values}</adma-configuration>"
    else:
        told = _element("filename", extension.extension_file_name)
        told += _element("capability-bits", extension.capability_bits) + _element("export-type", extension.export_type)
        told += _element("assembly-version", extension.assembly_version)
        private = f"<MAConfig><extension-config>{told}</extension-config>{values}</MAConfig>"
    head = {
        "format-version": 1,
        "id": _upper(connector.identifier),
        "name": connector.name,
        "category": connector.type,
        "description": connector.description,
        "subtype": connector.subtype,
        "ma-listname": connector.list_name,
        "ma-companyname": connector.company_name,
        "creation-time": _time(connector.creation_time),
        "last-modification-time": _time(connector.last_modification_time),
        "version": connector.version,
        "internal-version": 1,
    }
    partitions = "".join(_partition(one, ecma=extension is not None) for one in connector.partitions)
    profiles = "".join(_profile(one) for one in connector.run_profiles)
    return (
        "<ma-data>"
        + "".join(_element(name, value) for name, value in head.items())
        + f"{_SCHEMA}<private-configuration>{private}</private-configuration>"
        + f"<attribute-inclusion>{_elements('attribute', connector.attribute_inclusion_list)}</attribute-inclusion>"
        + f"<ma-partition-data>{partitions}</ma-partition-data><ma-run-data>{profiles}</ma-run-data></ma-data>"
    )


def _partition(partition: ConnectorPartition, *, ecma: bool) -> str:
    scope = partition.connector_partition_scope
    kind = "ecma-partition-data" if ecma else "adma-partition-data"
    own = _element("dn", partition.dn) + _element("name", partition.name)
    own += _element("is-domain", int(partition.is_domain))
    return (
        "<partition>"
        + _element("id", f"{{{partition.identifier}}}")
        + _element("name", partition.dn)
        + _element("creation-time", _time(partition.creation_time))
        + _element("last-modification-time", _time(partition.last_modification_time))
        + _element("version", partition.version)
        + _element("selected", int(partition.selected))
        + _element("display-name", partition.name)
        + f"<filter><object-classes>{_elements('object-class', scope.object_classes)}</object-classes><containers>"
        + f"<exclusions>{_elements('exclusion', scope.container_exclusion_list)}</exclusions>"
        + f"<inclusions>{_elements('inclusion', scope.container_inclusion_list)}</inclusions></containers></filter>"
        + f"<custom-data><{kind}>{own}</{kind}></custom-data></partition>"
    )


def _profile(profile: RunProfile) -> str:
    steps = "".join(
        f"<step>{_STEP_TYPES[step.task_type]}<threshold>{_element('object', step.object_process_limit)}"
        f"{_element('batch-size', step.batch_size)}</threshold>"
        f"{_element('partition', _upper(step.partition_identifier))}</step>"
        for step in profile.run_steps
    )
    return (
        f"<run-configuration>{_element('id', f'{{{profile.identifier}}}')}{_element('name', profile.name)}"
        f"{_element('version', profile.version)}<configuration>{steps}</configuration></run-configuration>"
    )


def _rule(rule: SynchronizationRule) -> str:
    head = {
        "id": f"{{{rule.identifier}}}",
        "internal-id": f"{{{rule.internal_id}}}",
        "version": rule.version,
        "name": rule.name,
        "description": rule.description,
        "immutable-tag": rule.immutable_tag.tag_value if rule.immutable_tag else "",
        "direction": rule.direction.name,
        "disabled": rule.disabled,
        "connector": f"{{{rule.connector}}}",
        "sourceObjectType": rule.source_object_type,
        "targetObjectType": rule.target_object_type,
        "linkType": rule.link_type.name,
        "precedence": rule.precedence,
        "precedence-after": f"{{{rule.precedence_after}}}",
        "precedence-before": f"{{{rule.precedence_before}}}",
        "softDeleteExpiryInterval": "00:00:00",
        "EnablePasswordSync": str(rule.enable_password_sync).lower(),
    }
    joins = "".join(
        "<conditions>"
        + "".join(
            f"<condition>{_element('csAttribute', one.cs_attribute)}{_element('ilmAttribute', one.mv_attribute)}"
            + ("<caseSensitive>True</caseSensitive>" if one.case_sensitive else "")
            + "</condition>"
            for one in group.join_condition_list
        )
        + "</conditions>"
        for group in rule.join_filter
    )
    scopes = "".join(
        "<conditions>"
        + "".join(
            f"<scope>{_element('csAttribute', one.attribute)}{_element('csOperator', one.comparison_operator.name)}"
            f"{_element('csValue', one.comparison_value)}</scope>"
            for one in group.scope_condition_list
        )
        + "</conditions>"
        for group in rule.scope_filter
    )
    return (
        "<synchronizationRule>"
        + "".join(_element(name, value) for name, value in head.items())
        + f"<attribute-mappings>{''.join(map(_mapping, rule.attribute_flow_mappings))}</attribute-mappings>"
        + f"<relationshipCriteria>{joins}</relationshipCriteria>"
        + f"<synchronizationCriteria>{scopes}</synchronizationCriteria></synchronizationRule>"
    )


def _mapping(mapping: AttributeFlowMapping) -> str:
    constant = mapping.flow_type is FlowType.Constant
    source = escape("".join(mapping.source)) if constant else _elements("attr", mapping.source)
    once = ' execute-once="true"' if mapping.execute_once else ""
    expression = _element("expression", mapping.expression) if mapping.expression else ""
    return (
        f"<mapping{once}>{_element('dest', mapping.destination)}<src>{source}</src>{expression}"
        f"{_element('valueMergeType', mapping.value_merge_type.name)}</mapping>"
    )
