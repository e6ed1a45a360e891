from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('debriefs', '0009_price_asks_for_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='debriefversion',
            name='runner_up_basis',
            field=models.CharField(blank=True, choices=[('buyer_wrote', 'The buyer wrote it'), ('score_sheet', 'Their score sheet'), ('call', 'They said so in a call')], db_default='', max_length=12),
        ),
        migrations.AddConstraint(
            model_name='debriefversion',
            constraint=models.CheckConstraint(condition=models.Q(('runner_up_basis', ''), models.Q(('runner_up_basis__in', ['buyer_wrote', 'score_sheet', 'call']), ('was_runner_up', True), ('was_runner_up__isnull', False)), _connector='OR'), name='debriefs_debriefversion_runner_up'),
        ),
    ]
