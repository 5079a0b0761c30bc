//! Columns. The type changes in place, always: a column is never dropped and added for its type. Position is no
//! difference. A column becomes generated only by being made anew, and its expression changes in place from 17 on.

use autogen_core::object::Column;
use autogen_core::object::column::ColumnAlteration;
use autogen_core::{DataType, Pair};

use crate::compare::{Compare, Comparison, Context, Disturbance, altered};
use crate::not_null;

impl Compare for Column {
    fn compare(pair: Pair<&Self>, context: Context<'_>) -> Comparison<ColumnAlteration> {
        let Pair { before, after } = pair;
        let mut found = Vec::new();
        let retyped = pair.map(|column| (&column.data_type, &column.collation)).differs();
        if pair.map(|column| &column.generated).differs() {
            let in_place = match (&before.generated, &after.generated) {
                (Some(old), None) => old.stored,
                (Some(old), Some(new)) => {
                    context.catalogs.before.server_version >= 170_000 && old.stored == new.stored && !retyped
                }
                (None, _) => false,
            };
            if !in_place {
                return Comparison::Replace;
            }
            found.push(ColumnAlteration::Generated(after.generated.clone()));
        }
        let mut push = |differs: bool, alteration: ColumnAlteration| {
            if differs {
                found.push(alteration);
            }
        };
        // An identity must go before its column can become nullable or of another type.
        push(before.identity.is_some() && after.identity.is_none(), ColumnAlteration::Identity(None));
        // A smaller type must be able to hold the bounds of the identity, a larger one comes before them.
        let shrinks = before.identity.as_ref().zip(after.identity.as_ref()).is_some_and(|(old, new)| {
            new.sequence.max < old.sequence.max || new.sequence.min > old.sequence.min
        });
        let identity = after.identity.is_some() && before.identity != after.identity;
        push(identity && shrinks, ColumnAlteration::Identity(after.identity.clone()));
        let of_type = || ColumnAlteration::Type {
            data_type: after.data_type.clone(),
            collation: after.collation.clone(),
        };
        push(retyped, of_type());
        push(before.not_null != after.not_null, ColumnAlteration::NotNull(after.not_null));
        let constraint = not_null::wanted(pair, context);
        push(constraint.is_some(), ColumnAlteration::NotNullConstraint(constraint.flatten()));
        push(identity && !shrinks, ColumnAlteration::Identity(after.identity.clone()));
        // Another type comes with its own of these.
        let given = (!retyped).then_some(before);
        let storage = given.and_then(|column| column.storage);
        push(storage != after.storage, ColumnAlteration::Storage(after.storage));
        let compression = given.and_then(|column| column.compression.as_ref());
        push(
            compression != after.compression.as_ref(),
            ColumnAlteration::Compression(after.compression.clone()),
        );
        push(before.statistics != after.statistics, ColumnAlteration::Statistics(after.statistics));
        push(
            context.resets(pair.map(|column| &column.options)),
            ColumnAlteration::Options(after.options.clone()),
        );
        let foreign = before.foreign_options != after.foreign_options;
        push(foreign, ColumnAlteration::ForeignOptions(after.foreign_options.clone()));
        push(before.origin != after.origin, ColumnAlteration::Origin(after.origin));
        altered(found)
    }

    fn disturbs(alteration: &ColumnAlteration, before: &Self) -> Disturbance {
        match alteration {
            ColumnAlteration::Type { data_type, .. } if same_family(&before.data_type, data_type) => {
                Disturbance::Widened
            }
            ColumnAlteration::Type { .. } => Disturbance::Retyped,
            ColumnAlteration::NotNull(_)
            | ColumnAlteration::NotNullConstraint(_)
            | ColumnAlteration::Identity(_)
            | ColumnAlteration::Generated(_)
            | ColumnAlteration::Storage(_)
            | ColumnAlteration::Compression(_)
            | ColumnAlteration::Statistics(_)
            | ColumnAlteration::Options(_)
            | ColumnAlteration::ForeignOptions(_)
            | ColumnAlteration::Origin(_) => Disturbance::None,
        }
    }
}

/// True for types between which every operator, default and foreign key keeps working.
fn same_family(old: &DataType, new: &DataType) -> bool {
    const FAMILIES: &[&[&str]] = &[
        &["int2", "int4", "int8"],
        &["text", "varchar"],
        &["bpchar"],
        &["float4", "float8"],
        &["numeric"],
        &["timestamp"],
        &["timestamptz"],
        &["time"],
        &["timetz"],
        &["interval"],
        &["bit"],
        &["varbit"],
    ];
    let family = |data_type: &DataType| {
        let name = data_type.base.name.as_str();
        FAMILIES.iter().position(|family| data_type.is_builtin() && family.contains(&name))
    };
    old.array == new.array && (old.base == new.base || (family(old).is_some() && family(old) == family(new)))
}
